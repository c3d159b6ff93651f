"""The stack file that an import writes: for people to read, with what it lacks at its head."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any, cast

import yaml

from config.files import NAMESPACE
from entities.importing.findings import Finding, Findings
from gateway.importing.compact_yaml import compact_yaml

_SCHEMA = "# yaml-language-server: $schema=config/stack.schema.json\n"
_WIDTH = 116


def written(sections: Mapping[str, Any], sources: Sequence[str], findings: Findings, before: str | None) -> str:
    """The text of the file; what `before` has for others than this program's settings stays."""
    kept: dict[str, Any] = {}
    others: dict[str, Any] = {}
    if before is not None:
        kept = cast("dict[str, Any]", yaml.safe_load(before) or {})
        config = cast("dict[str, Any]", kept.pop("config", None) or {})
        others = {key: value for key, value in config.items() if ":" in key and not key.startswith(f"{NAMESPACE}:")}
    named = {f"{NAMESPACE}:{key}": value for key, value in sections.items()}
    return _SCHEMA + "".join(_head(sources, findings)) + compact_yaml(kept | {"config": named | others})


def text_before(file: Path) -> str | None:
    """What a file says that is to be written anew."""
    return file.read_text("utf-8") if file.exists() else None


def _head(sources: Sequence[str], findings: Findings) -> Iterator[str]:
    yield from _comment(f"Imported from {', '.join(sources)} by 'python -m gateway import'.")
    yield from _listed("What it does not say, and why:", findings.left_out)
    yield from _listed("What it says in other words:", findings.converted)


def _listed(title: str, findings: Sequence[Finding]) -> Iterator[str]:
    if findings:
        yield "#\n"
        yield from _comment(title)
        for each in findings:
            yield from _comment(f"- {each.kind} {each.name}: {each.reason}", indent="  ")


def _comment(text: str, indent: str = "") -> Iterator[str]:
    plain = "".join(character if character.isprintable() else " " for character in text)
    return (f"# {line}\n" for line in wrap(plain, _WIDTH, subsequent_indent=indent, break_long_words=False))
