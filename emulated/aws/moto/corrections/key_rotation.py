"""Keys: moto forgets the rotation period."""
import json
from typing import Any

from moto.kms.responses import KmsResponse

from around import around

DEFAULT_DAYS = 365


@around(KmsResponse, "enable_key_rotation")
def keep_period(original: Any, self: KmsResponse) -> str:
    answer = original(self)
    key = self.kms_backend.keys[self.kms_backend.get_key_id(self._get_param("KeyId"))]
    key.rotation_period = int(self._get_param("RotationPeriodInDays") or DEFAULT_DAYS)
    return answer


@around(KmsResponse, "get_key_rotation_status")
def answer_period(original: Any, self: KmsResponse) -> str:
    answer = json.loads(original(self))
    key = self.kms_backend.keys[self.kms_backend.get_key_id(self._get_param("KeyId"))]
    if answer["KeyRotationEnabled"]:
        answer["RotationPeriodInDays"] = getattr(key, "rotation_period", DEFAULT_DAYS)
    return json.dumps(answer)
