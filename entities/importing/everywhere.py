"""The plugins that hold for every request, in the words of the settings' own sections."""

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from pydantic import ValidationError

from config.stack import StackSettings
from entities.gateway import gateway_plugins
from entities.importing.flattening import Document
from entities.importing.kinds import references
from entities.importing.rendering import says
from entities.snapshot import Snapshot

Sections = dict[str, Any]
"""Sections of a stack file by their keys."""

CLOSED: Final[Mapping[str, Any]] = {
    "auth": {"kind": "none"},
    "tiers": [],
    "apis": [],
    "backends": {},
    "traffic": {"maxBody": None, "correlationHeader": None},
    "cors": None,
    "observability": {"prometheus": None, "accessLog": False},
    "plugins": [],
    "lint": {"accept": []},
    "entities": {},
}
"""What the sections about Kong's entities say when Kong holds nothing at all."""


def is_global(plugin: Mapping[str, Any]) -> bool:
    """Whether a plugin holds for every request."""
    return not any(plugin.get(field) for field in references("plugins"))


def recognised_everywhere(snapshot: Snapshot) -> tuple[Sections, frozenset[str]]:
    """The sections with every global plugin that they can say, and the ids of those plugins."""
    sections: Sections = dict(CLOSED)
    ids: set[str] = set()
    plugins = {str(each["name"]): cast("Document", each) for each in snapshot.of("plugins") if is_global(each)}
    for name, sayings in _SAYINGS.items():
        plugin = plugins.get(name)
        if plugin is None:
            continue
        proposal = _merged(sections, sayings(cast("Document", plugin["config"])))
        if _renders(proposal, plugin):
            sections = proposal
            ids.add(str(plugin["id"]))
    return sections, frozenset(ids)


def _merged(sections: Sections, more: Sections) -> Sections:
    return sections | {key: (sections[key] or {}) | value for key, value in more.items()}


def _renders(sections: Sections, plugin: Document) -> bool:
    """Whether these sections come to exactly this plugin."""
    try:
        settings = StackSettings.model_validate({"cluster": {"context": "any"}, **sections})
    except ValidationError:
        return False
    return any(says(each, plugin) for each in gateway_plugins(settings) if each.name == plugin["name"])


def _cors(config: Document) -> Sections:
    said = {
        "origins": config["origins"],
        "methods": config["methods"],
        "headers": config["headers"],
        "exposedHeaders": config["exposed_headers"],
        "credentials": config["credentials"],
        "maxAge": config["max_age"],
    }
    return {"cors": {key: value for key, value in said.items() if value is not None}}


def _prometheus(config: Document) -> Sections:
    counted = {
        "perConsumer": config["per_consumer"],
        "latency": config["latency_metrics"],
        "bandwidth": config["bandwidth_metrics"],
        "statusCodes": config["status_code_metrics"],
        "upstreamHealth": config["upstream_health_metrics"],
    }
    return {"observability": {"prometheus": counted}}


_SAYINGS: Final[Mapping[str, Callable[[Document], Sections]]] = {
    "correlation-id": lambda config: {"traffic": {"correlationHeader": config["header_name"]}},
    "request-size-limiting": lambda config: {"traffic": {"maxBody": config["allowed_payload_size"]}},
    "cors": _cors,
    "prometheus": _prometheus,
    "file-log": lambda _: {"observability": {"accessLog": True}},
}
"""How the sections would say a plugin, by its name; the log's rendering needs the correlation header."""
