"""DHCP options: moto loses the tags of the creation."""
from typing import Any

from moto.ec2.responses.dhcp_options import DHCPOptions

from around import around


@around(DHCPOptions, "create_dhcp_options")
def keep_tags(original: Any, self: DHCPOptions) -> Any:
    answer = original(self)
    made = list(self.ec2_backend.dhcp_options_sets.values())[-1]
    made.add_tags(self._parse_tag_specification().get("dhcp-options", {}))
    return answer
