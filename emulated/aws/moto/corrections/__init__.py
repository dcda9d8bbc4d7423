"""What moto 5.2.5 answers differently from AWS, as far as it changes a plan. Each file is one resource.

A correction is a reading of AWS' documented behaviour, mostly "echo what was sent". An empty second plan on top of them
shows that a configuration is stable against the provider's logic, not that AWS normalizes a field the same way.
"""
from . import (  # noqa: F401
    autoscaling_group,
    autoscaling_hook,
    autoscaling_launch,
    autoscaling_mixed,
    autoscaling_policy,
    bucket_policy,
    dhcp_options,
    hosted_zone,
    instance_network,
    key_rotation,
    launch_template,
    leftovers,
    load_balancer,
    queue,
    security_group_rule,
    target_group,
)
