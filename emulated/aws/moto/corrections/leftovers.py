"""What moto itself forgets to delete; without these an inventory could not tell a leftover of a stack from one of moto's."""
from typing import Any

from moto.ec2.models import EC2Backend

from around import around


@around(EC2Backend, "delete_nat_gateway")
def gateway_takes_its_interface(original: Any, self: EC2Backend, nat_gateway_id: str) -> Any:
    gateway = original(self, nat_gateway_id)
    self.enis.pop(gateway._eni.id, None)
    return gateway


@around(EC2Backend, "delete_vpc")
def vpc_takes_its_access_list(original: Any, self: EC2Backend, vpc_id: str) -> Any:
    vpc = original(self, vpc_id)
    for acl in [acl for acl in self.network_acls.values() if acl.vpc_id == vpc_id and acl.default]:
        del self.network_acls[acl.id]
    return vpc
