"""Queues: AWS answers the redrive policy without spaces."""
import json
from typing import Any

from moto.sqs.models import Queue

attributes_of = Queue.attributes.fget


def attributes(self: Queue) -> Any:
    answer = attributes_of(self)
    if answer.get("RedrivePolicy"):
        answer["RedrivePolicy"] = json.dumps(json.loads(answer["RedrivePolicy"]), separators=(",", ":"))
    return answer


Queue.attributes = property(attributes)
