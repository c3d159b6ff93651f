"""What browsers may do from other origins."""

import re
from collections.abc import Iterator, Sequence

from entities.lint.rule import Flaw, Rule
from entities.lint.selection import is_active, name_of
from entities.lint.subject import Subject

_STRANGERS = ("one.stranger-a.example", "two.b-stranger.test")
"""Hosts that nobody would allow by name."""


def _flaws(subject: Subject) -> Iterator[Flaw]:
    for plugin in subject.plugins:
        if name_of(plugin) == "cors" and is_active(plugin) and plugin.known("config", "credentials"):
            origins: Sequence[str] = plugin.known("config", "origins") or ["*"]
            open_ = next((origin for origin in origins if _takes_every_origin(origin)), None)
            if open_ is not None:
                yield Flaw(
                    plugin.place if plugin.modelled else (*plugin.place, "config", "origins"),
                    plugin.key,
                    f"{open_!r} lets pages of every origin send requests with the user's cookies and read the answers",
                    "list the origins, or write credentials: false",
                )


def _takes_every_origin(origin: str) -> bool:
    """As Kong reads it: an expression when it has other characters, of the host alone when it has no colon.

    Kong: kong/plugins/cors/handler.lua, configure_origin.
    """
    if origin == "*":
        return True
    if not re.search(r"[^A-Za-z0-9.:/-]", origin):
        return False
    try:
        expression = re.compile(origin)
    except re.error:
        return False
    scheme = "https://" if ":" in origin else ""
    return all(expression.fullmatch(scheme + host) for host in _STRANGERS)


CORS_ANY_ORIGIN_WITH_CREDENTIALS = Rule(
    name="cors-any-origin-with-credentials",
    severity="error",
    summary="A `cors` plugin that allows credentials and every origin.",
    why="Kong then answers with the origin that asked, so that any page a user opens can act and read as that user.",
    instead="List the origins that may call, or leave credentials out.",
    flaws=_flaws,
)
