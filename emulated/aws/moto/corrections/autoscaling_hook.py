"""Life-cycle hooks: moto ignores those that come with the group, and answers fixed ARNs for role and target."""
from typing import Any

from moto.autoscaling.responses import AutoScalingResponse

from around import around


def keep(hook: Any, params: dict[str, Any]) -> None:
    hook.role_arn = params.get("RoleARN")
    hook.notification_target_arn = params.get("NotificationTargetARN")
    hook.notification_metadata = params.get("NotificationMetadata")


@around(AutoScalingResponse, "create_auto_scaling_group")
def with_the_group(original: Any, self: AutoScalingResponse) -> Any:
    answer = original(self)
    params = self._get_params()
    for hook in params.get("LifecycleHookSpecificationList") or []:
        made = self.autoscaling_backend.create_lifecycle_hook(
            hook["LifecycleHookName"],
            params["AutoScalingGroupName"],
            hook["LifecycleTransition"],
            int(hook.get("HeartbeatTimeout") or 3600),
            hook.get("DefaultResult"),
        )
        keep(made, hook)
    return answer


@around(AutoScalingResponse, "put_lifecycle_hook")
def alone(original: Any, self: AutoScalingResponse) -> Any:
    answer = original(self)
    params = self._get_params()
    for hook in self.autoscaling_backend.describe_lifecycle_hooks(params["AutoScalingGroupName"], [params["LifecycleHookName"]]):
        keep(hook, params)
    return answer


@around(AutoScalingResponse, "delete_auto_scaling_group")
def gone_with_the_group(original: Any, self: AutoScalingResponse) -> Any:
    group = self._get_param("AutoScalingGroupName")
    answer = original(self)
    for hook in self.autoscaling_backend.describe_lifecycle_hooks(group):
        self.autoscaling_backend.delete_lifecycle_hook(group, hook.name)
    return answer
