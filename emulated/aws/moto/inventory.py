"""GET /coppice/inventory: everything that the emulated account holds, read from moto's own memory rather than through its API,
so that a leftover that no Describe call would list shows as well."""
import json
from typing import Any, Callable, Iterable

SERVICES = ("autoscaling", "cloudwatch", "ec2", "elbv2", "iam", "kms", "logs", "route53", "s3", "sqs", "sns", "ssm", "secretsmanager")

# What moto keeps by design and AWS shows differently or not at all.
BOOKKEEPING = {
    "ec2.tags": "labels of deleted things stay",
    "ec2.deleted_fleet_requests": "history",
    "ec2.launch_template_insert_order": "history",
    "ec2.vpc_refs": "weak references",
    "cloudwatch.metric_data": "what was measured, not a thing",
    "logs.tagger": "labels of deleted things stay",
}


def alive(thing: Any) -> bool:
    """AWS too lists terminated instances, deleted gateways and endpoints for a while, and keys until their deletion."""
    if hasattr(thing, "instances") and hasattr(thing, "owner_id"):  # a reservation
        return any(instance.state != "terminated" for instance in thing.instances)
    return getattr(thing, "key_state", None) != "PendingDeletion" and getattr(thing, "state", None) != "deleted"


def things(backend: Any) -> Iterable[tuple[str, str]]:
    for kind, held in vars(backend).items():
        if kind.startswith("_") or not isinstance(held, (dict, list)):
            continue
        entries = held.items() if isinstance(held, dict) else ((getattr(thing, "id", None) or thing, thing) for thing in held)
        for key, thing in list(entries):
            if isinstance(thing, dict):  # grouped by VPC or region, as security groups are
                yield from ((kind, f"{key}/{inner}") for inner in list(thing))
            elif alive(thing):
                yield kind, str(key)
                # records live inside a zone that exists before the stack
                yield from ((f"{kind}.records", f"{record.name} {record.type}") for record in getattr(thing, "rrsets", []))


def take(world: dict[str, Any]) -> dict[str, list[str]]:
    from moto import backends

    found: dict[str, list[str]] = {}
    for service in SERVICES:
        account = backends.get_backend(service)[world["account"]]
        # Global services live under the partition's name; naming a region makes moto create its defaults, before the baseline.
        backend = account["aws"] if service in ("iam", "route53", "s3") else account[world["region"]]
        for kind, key in things(backend):
            name = f"{service}.{kind}"
            if name not in BOOKKEEPING:
                found.setdefault(name, []).append(key)
    return {name: sorted(keys) for name, keys in sorted(found.items())}


def beside(app: Callable, world: dict[str, Any]) -> Callable:
    def answer(environ: dict[str, Any], start: Callable) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != "/coppice/inventory":
            return app(environ, start)
        body = json.dumps(take(world)).encode()
        start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    return answer
