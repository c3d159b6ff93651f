"""The plain program that others are measured by: one resource of pulumi_kong for each entity, with default options.

As somebody would write it who has just read pulumi-kong's documentation.
"""

import json
import os
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kong as kong

_CLASSES: dict[str, type[pulumi.CustomResource]] = {
    "services": kong.Service,
    "routes": kong.Route,
    "plugins": kong.Plugin,
}


def register() -> None:
    """Register the entities of the file that `BENCH_ENTITIES` names."""
    provider = kong.Provider("kong", kong_admin_uri=os.environ["BENCH_ADMIN_URL"])
    made: dict[tuple[str, str], pulumi.CustomResource] = {}
    entities: list[dict[str, Any]] = json.loads(Path(os.environ["BENCH_ENTITIES"]).read_text())
    for entity in entities:
        arguments: dict[str, Any] = entity["fields"] | {"tags": entity["tags"]}
        if "config" in arguments:
            arguments["config_json"] = json.dumps(arguments.pop("config"))
        for field, (kind, key) in entity["references"].items():
            arguments[f"{field}_id"] = made[kind, key].id
        options = pulumi.ResourceOptions(provider=provider)
        name, resource = entity["key"], _CLASSES[entity["kind"]]
        made[entity["kind"], name] = resource(name, opts=options, **arguments)
