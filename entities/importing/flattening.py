"""A file taken apart into its entities, wherever in it they stand.

Entities may stand in lists at the top and inside the ones they belong to. decK adds defaults, tags for all and named
plugin configurations (decK: go-database-reconciler, pkg/file/types.go and builder.go); Kong's own declarative files add
`_transform` and may refer by name or id (Kong: kong/db/schema/others/declarative_config.lua).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from entities.importing.findings import Findings
from entities.importing.kinds import MANAGED, called, children, why_unmanaged
from entities.importing.reading import KongFile

Document = dict[str, Any]

_REMARKS: Final = frozenset({"_comment", "_ignore"})
_SNIS: Final = "snis"
_HEADINGS: Final[Mapping[str, str]] = {
    "_konnect": "the file is for Konnect; its entities are imported as they would be for any Kong",
    "_plugin_configs": "",
    "_info": "",
    "_transform": "",
    "_format_version": "",
}


@dataclass(frozen=True)
class Found:
    """An entity as a source has it."""

    kind: str
    document: Document
    """Its own fields, and its references as the source writes them: a name, an id, or a mapping with either."""
    place: str
    """Where it stands."""
    hashed: bool = False
    """Whether passwords in it are hashes already, as Kong keeps them."""


def flattened(file: KongFile, findings: Findings) -> Iterator[Found]:
    """The entities of a file, each after the one it stands in; kinds that are not managed are told of."""
    reader = _Reader(file, findings)
    for key, value in file.content.items():
        if key in MANAGED or key == _SNIS:
            for index, document in enumerate(_documents(value)):
                yield from reader.entities(key, document, f"{file.name}: {key}[{index}]", {})
        elif key == "_workspace":
            if value not in (None, "", "default"):
                findings.leave_out("workspaces", str(value), why_unmanaged("workspaces"))
        elif key in _HEADINGS:
            if _HEADINGS[key]:
                findings.convert("file", file.name, _HEADINGS[key])
        elif key not in _REMARKS:
            _tell(key, value, findings)


def _documents(value: object) -> list[Document]:
    items = cast("list[object]", value) if isinstance(value, list) else []
    return [cast("Document", item) for item in items if isinstance(item, dict)]


def _tell(kind: str, value: object, findings: Findings) -> None:
    """Say of a kind that is not managed, or of a part that nobody knows, what there is of it."""
    items = cast("list[object]", value) if isinstance(value, list) else [value]
    for item in items:
        if item in (None, {}, [], ""):
            continue
        name = called(kind, cast("Document", item)) if isinstance(item, dict) else str(item)
        findings.leave_out(kind, name if len(name) <= 80 else f"{name[:79]}…", why_unmanaged(kind))


@dataclass
class _Reader:
    """What a file says for all of its entities."""

    file: KongFile
    findings: Findings
    defaults: Mapping[str, Any] = field(init=False)
    tags: list[str] = field(init=False)
    plugin_configs: Mapping[str, Any] = field(init=False)
    hashed: bool = field(init=False)

    def __post_init__(self) -> None:
        info = _mapping(self.file.content.get("_info"))
        self.defaults = _mapping(info.get("defaults"))
        self.tags = [str(tag) for tag in cast("list[object]", info.get("select_tags") or [])]
        self.plugin_configs = _mapping(self.file.content.get("_plugin_configs"))
        self.hashed = self.file.content.get("_transform", True) is False

    def entities(self, kind: str, written: Document, place: str, owner: Document) -> Iterator[Found]:
        """An entity, and after it those inside it; `owner` is the reference to the one that it stands in itself."""
        inside = children(kind)
        document: Document = {}
        nested: list[tuple[str, Document]] = []
        for key, value in written.items():
            if key in inside:
                nested += [(key, each) for each in _documents(value)]
            elif key == "groups" and kind == "consumers":
                _tell("consumer_groups", value, self.findings)
            elif _is_other_kind(kind, key, value):
                _tell(key, value, self.findings)
            elif key not in _REMARKS:
                document[key] = value
        found = Found(kind, self._filled(kind, document) | owner, place, self.hashed)
        yield found
        for index, (child, each) in enumerate(nested):
            yield from self.entities(child, each, f"{place}.{child}[{index}]", {inside[child]: Inside(place)})

    def _filled(self, kind: str, document: Document) -> Document:
        """An entity with the file's defaults, tags and named configuration."""
        filled = _completed(document, _defaults_for(document, _mapping(self.defaults.get(kind.removesuffix("s")))))
        if kind == "plugins":
            name = filled.pop("_config", None)
            if isinstance(name, str):
                config = _mapping(self.plugin_configs.get(name))
                filled["config"] = _completed(_mapping(filled.get("config")), config)
        if self.tags:
            own = cast("list[str]", filled.get("tags") or [])
            filled["tags"] = [*own, *(tag for tag in self.tags if tag not in own)]
        return filled


@dataclass(frozen=True)
class Inside:
    """A reference that the place says: to the entity in which another stands."""

    place: str


def _is_other_kind(parent: str, key: str, value: object) -> bool:
    """Whether a list inside an entity holds entities of a kind that is not managed."""
    if parent == "certificates" and key == _SNIS:
        return False
    entities = isinstance(value, list) and any(isinstance(item, dict) for item in cast("list[object]", value))
    return entities and (key.endswith("_credentials") or key in {"filter_chains", "endpoint_permissions"})


def _mapping(value: object) -> Document:
    return cast("Document", value) if isinstance(value, dict) else {}


def _defaults_for(document: Document, defaults: Document) -> Document:
    """The defaults that a document leaves room for: a `url` says all of these."""
    said = {"protocol", "host", "port", "path"} if "url" in document else set[str]()
    return {name: value for name, value in defaults.items() if name not in said}


def _completed(document: Document, defaults: Document) -> Document:
    """A document with defaults where it says nothing, in the records inside it, too."""
    filled = dict(defaults)
    for name, value in document.items():
        other = defaults.get(name)
        nested = isinstance(value, dict) and isinstance(other, dict)
        filled[name] = _completed(cast("Document", value), cast("Document", other)) if nested else value
    return filled
