"""Scaling policies: moto answers enabled = false and an empty predictive block."""
from typing import Any

from moto.autoscaling.models import FakeScalingPolicy

from around import around


@around(FakeScalingPolicy, "__init__")
def defaults(original: Any, self: FakeScalingPolicy, *args: Any, **kwargs: Any) -> None:
    original(self, *args, **kwargs)
    self.enabled = True
    self.predictive_scaling_configuration = self.predictive_scaling_configuration or None
