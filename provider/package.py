"""The package as Pulumi's tools see it: its version, and a schema from which `pulumi import` can write code."""

import json
from functools import cache
from importlib.metadata import version
from typing import Any, Final

from entities.schema import kong_schema
from provider.documents import SERVER_FIELDS, property_of
from provider.resources import TYPES, ResourceType
from provider.settings import CREDENTIALS

VERSION: Final = version("pulumi-kong")

_ANY: Final = {"$ref": "pulumi.json#/Any"}


@cache
def package_schema() -> str:
    """Return the package schema as JSON. Its types are Kong's business, so properties are of any type."""
    settings = ("kongAdminUri", "kongWorkspace", "tlsSkipVerify", "edition", "customPlugins", *CREDENTIALS)
    return json.dumps(
        {
            "name": "kong",
            "version": VERSION,
            # The part of a token before the slash is the module: kong:index/route:Route is pulumi_kong.Route.
            "meta": {"moduleFormat": "(.*)(?:/[^/]*)"},
            "provider": {"inputProperties": dict.fromkeys(settings, _ANY)},
            "resources": {kind.token: _resource(kind) for kind in TYPES},
            "language": {"python": {"packageName": "pulumi_kong"}},
        }
    )


def _resource(kind: ResourceType) -> dict[str, Any]:
    fields = kong_schema().record(kind.kind, {}).fields.keys() - SERVER_FIELDS
    properties: dict[str, Any] = {property_of(kind, field): _ANY for field in sorted(fields)}
    return {"inputProperties": properties, "properties": properties}
