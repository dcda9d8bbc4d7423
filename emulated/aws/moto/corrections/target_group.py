"""Targets follow their group: moto registers no replacement and keeps the terminated instance as a target."""
from typing import Any

from moto.autoscaling.models import AutoScalingBackend

from around import around


@around(AutoScalingBackend, "update_attached_target_groups")
def only_members(original: Any, self: AutoScalingBackend, group_name: str) -> None:
    original(self, group_name)
    terminated = {i.id for r in self.ec2_backend.reservations.values() for i in r.instances if i.state == "terminated"}
    for arn in self.autoscaling_groups[group_name].target_group_arns:
        targets = self.elbv2_backend.target_groups[arn].targets
        for instance in terminated & set(targets):
            del targets[instance]


@around(AutoScalingBackend, "notify_terminate_instances")
def replacement(original: Any, self: AutoScalingBackend, instance_ids: list[str]) -> None:
    original(self, instance_ids)
    for name in self.autoscaling_groups:
        self.update_attached_target_groups(name)
