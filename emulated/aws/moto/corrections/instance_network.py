"""A terminated instance holds no interface: moto leaves a kept one attached, so that no replacement could take it."""
from typing import Any

from moto.ec2.models.instances import Instance

from around import around

address_of = Instance.private_ip.fget


@around(Instance, "terminate")
def release(original: Any, self: Instance) -> Any:
    before = original(self)
    for eni in list(self.nics.values()):
        self.detach_eni(eni)
    self.nics = {}
    return before


def address(self: Instance) -> Any:
    return address_of(self) if 0 in self.nics else None


Instance.private_ip = property(address)
Instance.private_ip_address = property(address)
named_after_address = Instance.private_dns_name.fget
Instance.private_dns_name = property(lambda self: named_after_address(self) if 0 in self.nics else "")
Instance.public_ip = property(lambda self: self.nics[0].public_ip if 0 in self.nics else None)
Instance.public_ip_address = Instance.public_ip
