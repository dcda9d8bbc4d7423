"""How a correction stands around one function of moto."""
import functools
from typing import Any, Callable


def around(owner: Any, name: str) -> Callable[[Callable], Callable]:
    """Replaces owner.name; the correction gets what stood there as its first argument."""
    original = getattr(owner, name)  # a name that moto no longer has must fail here, at start

    def correct(correction: Callable) -> Callable:
        @functools.wraps(original)
        def corrected(*args: Any, **kwargs: Any) -> Any:
            return correction(original, *args, **kwargs)

        setattr(owner, name, corrected)
        return correction

    return correct
