"""Where and with which network interface a group launches.

moto puts every instance into the first subnet, labels it with a random zone, reads the template's default version instead
of the group's, and gives it a new interface even where the template names an existing one (a seat).
"""
import random
from typing import Any

from moto.autoscaling.models import ASG_NAME_TAG, FakeAutoScalingGroup, InstanceState

from around import around


def least_used_subnet(group: FakeAutoScalingGroup) -> Any:
    used = [state.instance.subnet_id for state in group.instance_states]
    return group.ec2_backend.get_subnet(min(group.vpc_zone_identifier.split(","), key=used.count))


def interfaces(group: FakeAutoScalingGroup, template: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """The interfaces of the next instance and its zone."""
    asked = template.get("NetworkInterfaces") or [{"DeviceIndex": 0}]
    existing = [nic["NetworkInterfaceId"] for nic in asked if nic.get("NetworkInterfaceId")]
    if existing:
        held = [group.ec2_backend.get_network_interface(eni) for eni in existing]
        busy = [eni.id for eni in held if eni.instance]
        if busy:
            raise ValueError(f"group {group.name}: interface {busy[0]} is attached to {held[0].instance.id}")
        zone = held[0].subnet.availability_zone
        if zone not in group.availability_zones:
            raise ValueError(f"group {group.name} launches in {group.availability_zones}, its interface is in {zone}")
        return [{"DeviceIndex": int(nic.get("DeviceIndex", 0)), "NetworkInterfaceId": nic["NetworkInterfaceId"]} for nic in asked], zone
    if not group.vpc_zone_identifier:
        return [], random.choice(group.availability_zones)
    subnet = least_used_subnet(group)
    groups = template.get("SecurityGroupIds") or []
    return [
        {
            "DeviceIndex": int(nic.get("DeviceIndex", 0)),
            "SubnetId": subnet.id,
            "Groups": list(nic.get("Groups") or groups),
            "DeleteOnTermination": str(nic.get("DeleteOnTermination", True)).lower() == "true",
            "AssociatePublicIpAddress": str(nic.get("AssociatePublicIpAddress", False)).lower() == "true",
        }
        for nic in asked
    ], subnet.availability_zone


@around(FakeAutoScalingGroup, "replace_autoscaling_group_instances")
def launch(original: Any, self: FakeAutoScalingGroup, count_needed: int, propagated_tags: dict[str, str]) -> None:
    if not self.ec2_launch_template:
        original(self, count_needed, propagated_tags)
        return
    version = self.ec2_launch_template.get_version(self.launch_template_version)
    overrides = (self.mixed_instances_policy or {}).get("LaunchTemplate", {}).get("Overrides") or [{}]
    for _ in range(count_needed):
        nics, zone = interfaces(self, version.data)
        reservation = self.ec2_backend.run_instances(
            self.image_id,
            1,
            self.user_data,
            self.security_groups,
            instance_type=overrides[0].get("InstanceType") or self.instance_type,
            tags={"instance": {**propagated_tags, **self.instance_tags, ASG_NAME_TAG: self.name}},
            placement=zone,
            launch_template={"LaunchTemplateId": self.ec2_launch_template.id, "Version": version.number},
            is_instance_type_default=False,
            associate_public_ip=False,
            nics=nics,
            # Without it moto adds a disk of its own beside those of the template.
            block_device_mappings=version.data.get("BlockDeviceMappings") or [],
        )
        for instance in reservation.instances:
            instance.autoscaling_group = self
            self.instance_states.append(InstanceState(instance, protected_from_scale_in=self.new_instances_protected_from_scale_in))
