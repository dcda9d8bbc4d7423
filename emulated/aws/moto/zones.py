"""Hosted zones that a stack names by id, as they would exist in the account before it."""
from typing import Any


def create(world: dict[str, Any]) -> None:
    from moto.route53.models import route53_backends

    backend = route53_backends[world["account"]]["aws"]
    for zone in world["zones"]:
        made = backend.create_hosted_zone(
            zone["name"], private_zone=False, caller_reference=zone["id"], comment="exists before the first apply", delegation_set_id=None
        )
        # moto draws a random id; the stack names this one.
        backend.zones[zone["id"]] = backend.zones.pop(made.resource_id)
        made.resource_id = zone["id"]
