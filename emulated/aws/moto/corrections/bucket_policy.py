"""Bucket policies: moto applies a Deny without its Condition, so "deny unless TLS" denies everything on plain loopback."""
import json
from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket

from around import around


@around(FakeBucket, "get_permission")
def without_conditional_denials(original: Any, self: FakeBucket, action: str, resource: str) -> Any:
    policy = self.policy
    if policy is None:
        return original(self, action, resource)
    document = json.loads(policy)
    statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    document["Statement"] = [one for one in statements if not (one["Effect"] == "Deny" and one.get("Condition"))]
    if not document["Statement"]:
        return PermissionResult.NEUTRAL
    try:
        self.policy = json.dumps(document).encode()
        return original(self, action, resource)
    finally:
        self.policy = policy
