"""Launch templates."""
from typing import Any

from moto.ec2.models.launch_templates import LaunchTemplate

from around import around


@around(LaunchTemplate, "__init__")
def own_tags_stay_outside(original: Any, self: LaunchTemplate, backend: Any, name: str, template_data: dict[str, Any], *args: Any, **kwargs: Any) -> None:
    """moto answers the template's own tags inside its data, which makes every group "version known after apply"."""
    if template_data.get("TagSpecifications"):
        kept = [spec for spec in template_data["TagSpecifications"] if spec.get("ResourceType") != "launch-template"]
        template_data.pop("TagSpecifications")
        if kept:
            template_data["TagSpecifications"] = kept
    original(self, backend, name, template_data, *args, **kwargs)
