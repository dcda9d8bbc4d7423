"""Security group rules: moto loses the description where the other end is a security group or a prefix list."""
from typing import Any

from moto.ec2.models.security_groups import SecurityGroupRule

from around import around


@around(SecurityGroupRule, "__init__")
def keep_prefix_list(original: Any, self: SecurityGroupRule, *args: Any, **params: Any) -> None:
    original(self, *args, **params)
    lists = [value for value in [*args, params.get("prefix_list_id")] if isinstance(value, dict) and "PrefixListId" in value]
    self.prefix_list = lists[0] if lists else {}


SecurityGroupRule.description = property(
    lambda self: self.ip_range.get("Description") or self.source_group.get("Description") or self.prefix_list.get("Description")
)
