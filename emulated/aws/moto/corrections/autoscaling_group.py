"""Arguments of a group that moto does not keep (max_instance_lifetime reads 0, instance_maintenance_policy is gone)."""
from typing import Any

from moto.autoscaling.responses import AutoScalingResponse

from around import around

KEPT = {
    "CapacityRebalance": "capacity_rebalance",
    "Context": "context",
    "DefaultCooldown": "default_cooldown",
    "DefaultInstanceWarmup": "default_instance_warmup",
    "DesiredCapacityType": "desired_capacity_type",
    "AvailabilityZoneDistribution": "availability_zone_distribution",
    "MaxInstanceLifetime": "max_instance_lifetime",
    "ServiceLinkedRoleARN": "service_linked_role_arn",
    "TerminationPolicies": "termination_policies",
}


def keep(response: AutoScalingResponse) -> None:
    params = response._get_params()
    group = response.autoscaling_backend.autoscaling_groups[params["AutoScalingGroupName"]]
    for name, attribute in KEPT.items():
        if params.get(name) is not None:
            setattr(group, attribute, params[name])
    policy = params.get("InstanceMaintenancePolicy")
    if policy:
        # -1 in both is how AWS spells "no policy".
        group.instance_maintenance_policy = None if int(policy.get("MinHealthyPercentage", -1)) < 0 else policy


@around(AutoScalingResponse, "create_auto_scaling_group")
def create(original: Any, self: AutoScalingResponse) -> Any:
    answer = original(self)
    keep(self)
    return answer


@around(AutoScalingResponse, "update_auto_scaling_group")
def update(original: Any, self: AutoScalingResponse) -> Any:
    answer = original(self)
    keep(self)
    return answer
