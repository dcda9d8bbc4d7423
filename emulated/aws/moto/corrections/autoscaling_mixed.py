"""Mixed instances policy: moto drops it on every update, and the provider updates right after creating a group with hooks."""
import copy
from typing import Any

from moto.autoscaling.models import FakeAutoScalingGroup

from around import around

template_of = FakeAutoScalingGroup.launch_template


@around(FakeAutoScalingGroup, "update")
def keep_policy(original: Any, self: FakeAutoScalingGroup, **params: Any) -> Any:
    named = params.get("mixed_instances_policy") or params.get("launch_template") or params.get("launch_config_name")
    if not named and self.mixed_instances_policy:
        policy = copy.deepcopy(self.mixed_instances_policy)
        # moto answers id and name, and refuses both in a request.
        policy["LaunchTemplate"]["LaunchTemplateSpecification"].pop("LaunchTemplateName", None)
        params["mixed_instances_policy"] = policy
    return original(self, **params)


# AWS answers either a launch template or a policy.
FakeAutoScalingGroup.launch_template = property(lambda self: None if self.mixed_instances_policy else template_of.fget(self))
