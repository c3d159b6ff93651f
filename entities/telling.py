"""What a plugin does to a request, in a few words."""

from collections.abc import Callable, Mapping
from typing import Final

from entities.lint.items import Item

_WINDOWS: Final = ("second", "minute", "hour", "day", "month", "year")
_BUDGETS: Final = {"header": "for each user", "consumer": "for all users together", "credential": "for each credential"}


def told(plugin: Item, *, guarded: bool) -> str:
    """What it does; empty where nobody knows. `guarded` says whether the request's route asks for a token."""
    name = str(plugin.given["name"])
    if name == "pre-function" and plugin.modelled:
        return (
            "checks the token's issuer, audience and kind, and whom it counts as"
            if guarded and (plugin.refers_to("route") or plugin.refers_to("service"))
            else "refuses routes that should have a guard and have none yet"
        )
    tell = _TELLING.get(name)
    return tell(plugin) if tell else ""


def _limits(plugin: Item) -> str:
    limits = [
        f"{plugin.known('config', window):,} {'an' if window == 'hour' else 'a'} {window}"
        for window in _WINDOWS
        if plugin.known("config", window) is not None
    ]
    budget = _BUDGETS.get(str(plugin.known("config", "limit_by")), "")
    return f"{', '.join(limits)}; {budget}" if budget else ", ".join(limits)


def _listed(plugin: Item, *path: str) -> str:
    values: object = plugin.known(*path)
    return ", ".join(map(str, values)) if isinstance(values, list | tuple) else ""  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] (JSON)


_TELLING: Final[Mapping[str, Callable[[Item], str]]] = {
    "acl": lambda plugin: f"lets {_listed(plugin, 'config', 'allow')} pass",
    "correlation-id": lambda plugin: f"gives it an id in {plugin.known('config', 'header_name')}",
    "cors": lambda plugin: f"lets pages of {_listed(plugin, 'config', 'origins')} call",
    "file-log": lambda _: "writes a line about it",
    "http-log": lambda _: "sends a line about it",
    "ip-restriction": lambda _: "looks where it comes from",
    "jwt": lambda _: "checks the token's signature and expiry",
    "key-auth": lambda _: "finds the consumer",
    "openid-connect": lambda _: "checks the token with the realm",
    "oidc": lambda _: "checks the token with the realm",
    "opentelemetry": lambda _: "traces it",
    "post-function": lambda _: "sees that every part of the guard has spoken",
    "prometheus": lambda _: "counts it",
    "rate-limiting": _limits,
    "request-size-limiting": lambda plugin: (
        f"takes at most {plugin.known('config', 'allowed_payload_size')} {plugin.known('config', 'size_unit')}"
    ),
    "request-termination": lambda _: "answers it",
    "request-transformer": lambda _: "changes it",
    "response-transformer": lambda _: "changes the answer",
}
