"""What the formats 1.1 and 2.1 say, in the words of 3.0.

Until Kong 3.0 a route's path was taken for a regular expression when it had a character that plain paths have not;
since then a `~` says so (Kong: kong/db/migrations/migrate_path_280_300.lua, kong/db/declarative/migrations).
Fields that were renamed by then: decK, convert/plugin_updates.go.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, cast

from entities.importing.findings import Findings
from entities.importing.flattening import Document, Found
from entities.importing.kinds import called
from entities.schema.paths import normalized

_PLAIN: Final = re.compile(r"[a-zA-Z0-9.\-_~/%]*")
_RESERVED: Final = b"!#$%&'()*+,/:;=?@[]"
_META: Final = b".^-{}\\|"
_RENAMED: Final[Mapping[str, Mapping[str, str]]] = {
    "acl": {"whitelist": "allow", "blacklist": "deny"},
    "bot-detection": {"whitelist": "allow", "blacklist": "deny"},
    "ip-restriction": {"whitelist": "allow", "blacklist": "deny"},
    "pre-function": {"functions": "access"},
    "post-function": {"functions": "access"},
}
"""Fields of plugins' configurations that are called otherwise since."""


def upgraded(found: Found, format_version: str, findings: Findings) -> Found:
    """An entity of a file in the words of format 3.0."""
    if format_version == "3.0":
        return found
    document = found.document
    if found.kind == "routes":
        document = _with_regex_paths(document, findings)
    if found.kind == "plugins":
        document = _with_new_names(document, findings)
    return replace(found, document=document)


def migrated_path(path: str) -> str:
    """A route's path as Kong 3 writes it."""
    if path.startswith("~"):
        return path
    if _PLAIN.fullmatch(path):
        return normalized(path)
    return "~" + re.sub(rb"%([0-9A-Fa-f]{2})", _decoded, path.encode()).decode(errors="replace")


def _decoded(match: re.Match[bytes]) -> bytes:
    """A percent-encoded byte of a regular expression, which Kong does not decode any more."""
    byte = bytes([int(match[1], 16)])
    if byte in _RESERVED:
        return match[0].upper()
    return b"\\" + byte if byte in _META else byte


def _with_regex_paths(document: Document, findings: Findings) -> Document:
    paths: Any = document.get("paths")
    if not isinstance(paths, list):
        return document
    before = [str(path) for path in cast("list[object]", paths)]
    after = [migrated_path(path) for path in before]
    for old, new in zip(before, after, strict=True):
        if old != new:
            why = "a regular expression is told by '~' since Kong 3.0" if new[0] == "~" else "paths are normalised"
            findings.convert("routes", called("routes", document), f"{old} is {new}: {why}")
    return document | {"paths": after}


def _with_new_names(document: Document, findings: Findings) -> Document:
    config: Any = document.get("config")
    renamed = _RENAMED.get(str(document.get("name")), {})
    if not isinstance(config, dict):
        return document
    given = cast("Document", config)
    changed = {renamed.get(key, key): value for key, value in given.items() if renamed.get(key) not in given}
    for old, new in renamed.items():
        if old in given:
            findings.convert("plugins", str(document["name"]), f"config.{old} is config.{new} since Kong 3.0")
    return document | {"config": changed}
