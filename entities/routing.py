"""How Kong 3.9's default router (`traditional_compatible`) ranks routes (Kong: kong/router/transform.lua)."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_SPLIT_NAMESPACE = uuid.UUID("7f145bf9-0dce-4f91-98eb-debbce4b9f6b")
_ATTRIBUTES = ("methods", "hosts", "headers", "snis", "sources", "destinations")


@dataclass(frozen=True)
class Part:
    """A route, or those of its paths that Kong ranks alike: prefixes of one length, or its regular expressions."""

    order: tuple[Any, ...]
    """Kong's 64-bit priority as a tuple, most significant first, then the id, which decides between equals. Kong tries
    the greatest first."""
    paths: tuple[str, ...]


def parts(route: Mapping[str, Any]) -> tuple[Part, ...]:
    """A route once for each length of its prefixes and once for its regular expressions; it needs an `id`."""
    paths: Sequence[str] = route.get("paths") or ()
    groups: dict[int, list[str]] = {}
    for path in paths:
        groups.setdefault(0 if is_regex(path) else len(path), []).append(path)
    if len(groups) <= 1:
        return (Part((*_priority(route, paths), route["id"]), tuple(paths)),)
    return tuple(
        Part((*_priority(route, group), str(uuid.uuid5(_SPLIT_NAMESPACE, f"{route['id']}#{at}"))), tuple(group))
        for at, group in enumerate(groups.values(), start=1)
    )


def is_regex(path: str) -> bool:
    """Whether a route's path is a regular expression."""
    return path.startswith("~")


def split_port(host: str) -> tuple[str, int | None]:
    """A host and the port behind its colon."""
    name, colon, port = host.partition(":")
    return (name, int(port)) if colon and port.isdecimal() else (host, None)


def _priority(route: Mapping[str, Any], paths: Sequence[str]) -> tuple[int, ...]:
    hosts: Sequence[str] | None = route.get("hosts")
    plain_hosts = hosts is not None and not any("*" in host for host in hosts)
    regex = bool(paths) and is_regex(paths[0])
    return (
        sum(1 for name in _ATTRIBUTES if route.get(name)) + bool(paths),
        int(plain_hosts),
        len(route.get("headers") or ()),
        int(regex),
        route.get("regex_priority") or 0 if regex else 0,
        len(paths[0]) if paths and not regex else 0,
    )
