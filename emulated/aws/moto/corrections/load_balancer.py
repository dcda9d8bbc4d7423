"""Load balancers: moto loses the fixed addresses and the PrivateLink rule, and names a network load balancer "app/..."."""
from typing import Any

from moto.elbv2.models import AvailabilityZone, ELBv2Backend, FakeLoadBalancer
from moto.elbv2.responses import ELBV2Response

from around import around


@around(FakeLoadBalancer, "__init__")
def named_by_kind(original: Any, self: FakeLoadBalancer, **params: Any) -> None:
    """The metric dimensions of an alarm are cut from this ARN."""
    if params.get("loadbalancer_type") == "network":
        params["arn"] = params["arn"].replace(":loadbalancer/app/", ":loadbalancer/net/")
    original(self, **params)


@around(ELBv2Backend, "create_load_balancer")
def create(original: Any, self: ELBv2Backend, *args: Any, **params: Any) -> FakeLoadBalancer:
    made = original(self, *args, **params)
    # moto files it under the ARN from before named_by_kind.
    for arn in [arn for arn, held in self.load_balancers.items() if held is made]:
        self.load_balancers[made.arn] = self.load_balancers.pop(arn)
        if arn != made.arn:
            self.tagging_service.copy_tags(arn, made.arn)
            self.tagging_service.delete_all_tags_for_resource(arn)
    made.mappings = {one["SubnetId"]: one for one in params.get("subnet_mappings") or []}
    return made


@around(ELBv2Backend, "set_subnets")
def change_subnets(original: Any, self: ELBv2Backend, arn: str, subnets: list[str], subnet_mappings: list[dict[str, Any]]) -> Any:
    answer = original(self, arn, subnets, subnet_mappings)
    self.load_balancers[arn].mappings = {one["SubnetId"]: one for one in subnet_mappings}
    return answer


def zone(balancer: FakeLoadBalancer, subnet: Any) -> AvailabilityZone:
    answer = AvailabilityZone(subnet)
    mapping = getattr(balancer, "mappings", {}).get(subnet.id, {})
    address = {name: mapping[name] for name in ("PrivateIPv4Address", "AllocationId") if mapping.get(name)}
    answer.load_balancer_addresses = [address] if address else []
    return answer


FakeLoadBalancer.availability_zones = property(lambda self: [zone(self, subnet) for subnet in self.subnets])


@around(ELBV2Response, "set_security_groups")
def private_link_rule(original: Any, self: ELBV2Response) -> Any:
    answer = original(self)
    rule = self._get_param("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic")
    if rule:
        balancer = self.elbv2_backend.load_balancers[self._get_param("LoadBalancerArn")]
        balancer.enforce_security_group_inbound_rules_on_private_link_traffic = rule
    return answer
