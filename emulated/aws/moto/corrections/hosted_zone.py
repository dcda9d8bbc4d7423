"""Private zones: the provider sends a VPC and no PrivateZone flag, and moto then forgets the VPC."""
from typing import Any

from moto.route53.responses import Route53

from around import around


@around(Route53, "_get_bool_param")
def private_with_a_vpc(original: Any, self: Route53, name: str, *args: Any, **kwargs: Any) -> Any:
    if name == "HostedZoneConfig.PrivateZone" and self._get_param("VPC.VPCId"):
        return True
    return original(self, name, *args, **kwargs)
