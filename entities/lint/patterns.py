"""Which patterns of routes take everything that another takes: told only where it is certain."""

from collections.abc import Iterator

from entities.routing import is_regex, split_port

_META = frozenset("\\^$.|?*+()[]{}")
_OPTIONAL = frozenset("?*{")
"""Quantifiers that let what stands before them be missing."""


def prefix_of(path: str) -> str:
    """The text with which everything begins that a route's path matches."""
    return _literal(path[1:])[0] if is_regex(path) else path


def whole_prefix(path: str) -> str | None:
    """The prefix that a route's path comes to: everything that begins with it matches. None for other expressions.

    Kong anchors a regular expression at its beginning only (Kong: kong/router/transform.lua, path_val_transform).
    """
    if not is_regex(path):
        return path
    literal, rest = _literal(path[1:])
    return literal if rest in {"", ".*"} else None


def _literal(regex: str) -> tuple[str, str]:
    """The plain text at the beginning of a regular expression, and what follows it."""
    if _has_alternatives(regex):
        return "", regex
    text, at = "", int(regex.startswith("^"))
    while at < len(regex):
        escaped = regex[at] == "\\" and at + 1 < len(regex) and not regex[at + 1].isalnum()
        if regex[at] in _META and not escaped:
            break
        text += regex[at + escaped]
        at += 1 + escaped
    if at < len(regex) and regex[at] in _OPTIONAL and text:
        return text[:-1], regex[at - 1 :]
    return text, regex[at:]


def _has_alternatives(regex: str) -> bool:
    """Whether it has a `|` outside of groups; in doubt, where classes hold brackets, it has."""
    depth, at = 0, 0
    while at < len(regex):
        char = regex[at]
        if char == "\\":
            at += 1
        elif char == "[":
            return "|" in regex
        elif char in "()":
            depth += 1 if char == "(" else -1
        elif char == "|" and depth <= 0:
            return True
        at += 1
    return False


def hosts_over(host: str) -> Iterator[str]:
    """Every host pattern that takes whatever a host pattern takes, itself first.

    A `*` stands at one end, for one or more labels (Kong: hosts of routes).
    """
    name, port = split_port(host)
    for wider in (name, *_wildcards(name)):
        yield wider
        if port is not None:
            yield f"{wider}:{port}"


def _wildcards(name: str) -> Iterator[str]:
    labels = name.split(".")
    for at in range(1, len(labels)):
        yield ".".join(("*", *labels[at:]))
        yield ".".join((*labels[:at], "*"))
