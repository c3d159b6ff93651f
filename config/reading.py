"""From what the stack files say to settings such as `StackSettings`, or to everything that is wrong with them at once.

pydantic stops before a model's own rules as soon as one of its fields is wrong. So each section is read by itself,
and what was found wrong is left out and the rest read again, until nothing new is found; then the rules between the
sections run on what could be read.
"""

import inspect
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Generic, TypeVar, cast

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError, create_model

from config.explain import problem, unknown_key
from config.problems import InvalidSettingsError, Location, Problem
from config.rules import RULES, Rule
from config.stack import StackSettings

Document = Mapping[str, JsonValue]
Stack = TypeVar("Stack", bound=BaseModel)


@dataclass(frozen=True)
class Reading(Generic[Stack]):
    """What could be read of a document, and what is wrong with it."""

    model: type[Stack]
    """What it is read as: one field for each section."""
    sections: Mapping[str, object]
    """The sections that could be read, by their name in the model."""
    whole: frozenset[str]
    """Those of which nothing was left out."""
    problems: tuple[Problem, ...]
    origins: "Mapping[str, _Origins]"
    """Where the items of shortened lists stood, by the section's key."""

    def original(self, location: Location) -> Location:
        """Where in the document something stands that was found in the sections."""
        return self.origins[str(location[0])].original(location)

    def settings(self) -> Stack:
        """The settings.

        Raises:
            InvalidSettingsError: something is wrong.
        """
        if self.problems:
            raise InvalidSettingsError(self.problems)
        return self.model.model_construct(None, **self.sections)


def read(document: Document) -> Reading[StackSettings]:
    """Read the configuration of a stack: one entry for each key under `omnify-gateway:`."""
    return read_as(StackSettings, RULES, document)


def read_as(stack: type[Stack], rules: Sequence[Rule], document: Document) -> Reading[Stack]:
    """Read the configuration of a program whose stacks say what `stack` has fields for, and keep `rules`."""
    fields = stack.model_fields
    aliases = {info.alias or name: name for name, info in fields.items()}
    parts = {name: _read_section(stack, name, alias, document) for alias, name in aliases.items()}
    sections = {name: part.value for name, part in parts.items() if part.readable}
    problems = [found for part in parts.values() for found in part.problems]
    problems += [unknown_key(key, aliases) for key in document if key not in aliases]
    whole = frozenset(name for name, part in parts.items() if part.readable and not part.origins.shortened)
    origins = {alias: parts[name].origins for alias, name in aliases.items()}
    reading = Reading(stack, sections, whole, tuple(problems), origins)
    for rule in rules:
        needed = inspect.signature(rule.problems).parameters
        if needed.keys() <= sections.keys() and rule.whole <= whole:
            found = rule.problems(**{name: sections[name] for name in needed})
            problems += [Problem(reading.original(each.location), each.message) for each in found]
    return replace(reading, problems=tuple(problems))


@dataclass
class _Origins:
    """Where the items of a shortened list stood before."""

    indices: dict[Location, int] = field(default_factory=dict[Location, int])
    shortened: bool = False

    def original(self, location: Location) -> Location:
        return tuple(self.indices.get(location[: end + 1], step) for end, step in enumerate(location))


@dataclass(frozen=True)
class _Part:
    """One section as far as it could be read."""

    readable: bool
    value: object
    problems: tuple[Problem, ...]
    origins: _Origins


def _read_section(stack: type[BaseModel], name: str, alias: str, document: Document) -> _Part:
    model = _section_model(stack, name)
    given: Document = {alias: document[alias]} if alias in document else {}
    wrong: set[Location] = set()
    found: dict[Problem, None] = {}
    while True:
        origins = _Origins()
        draft = cast("Document", _without(given, wrong, (), (), origins)) if wrong else given
        try:
            value = getattr(model.model_validate_json(json.dumps(draft), strict=True), name)
        except ValidationError as refusal:
            problems: list[tuple[str, Problem]] = []
            for error in refusal.errors(include_url=False):
                each = problem(stack, draft, error)
                problems.append((error["type"], Problem(origins.original(each.location), each.message)))
            more = {_left_out(each.location, kind) for kind, each in problems}
            # A list that is too short because its items are wrong is not wrong by itself.
            shortened = {location[:-1] for location in wrong | more}
            found |= {each: None for kind, each in problems if kind != "too_short" or each.location not in shortened}
            if more <= wrong or (alias,) in more or alias not in draft:
                return _Part(readable=False, value=None, problems=tuple(found), origins=origins)
            wrong |= more
        else:
            return _Part(readable=True, value=value, problems=tuple(found), origins=origins)


class _Section(BaseModel):
    model_config = StackSettings.model_config | ConfigDict(use_attribute_docstrings=False)


@cache
def _section_model(stack: type[BaseModel], name: str) -> type[BaseModel]:
    """A model with one field of a stack's."""
    info = stack.model_fields[name]
    fields = {name: (info.annotation, info)}
    return cast("type[BaseModel]", create_model("Section", __base__=_Section, **fields))  # pyright: ignore[reportCallIssue, reportArgumentType]


def _left_out(location: Location, kind: str) -> Location:
    """What must be left out so that the rest can be read: the unknown key, or the innermost item of a list."""
    if kind == "extra_forbidden":
        return location
    items = [end for end, step in enumerate(location) if isinstance(step, int)]
    return location[: items[-1] + 1] if items else location[:1]


def _without(
    value: JsonValue | Document, wrong: set[Location], was: Location, now: Location, origins: _Origins
) -> object:
    if isinstance(value, Mapping):
        return {
            key: _without(item, wrong, (*was, key), (*now, key), origins)
            for key, item in value.items()
            if (*was, key) not in wrong
        }
    if isinstance(value, list):
        kept: list[object] = []
        for index, item in _kept(value, wrong, was):
            place = (*now, len(kept))
            origins.indices[place] = index
            kept.append(_without(item, wrong, (*was, index), place, origins))
        origins.shortened |= len(kept) < len(value)
        return kept
    return value


def _kept(items: list[JsonValue], wrong: set[Location], was: Location) -> Iterator[tuple[int, JsonValue]]:
    return ((index, item) for index, item in enumerate(items) if (*was, index) not in wrong)
