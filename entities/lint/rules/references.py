"""References that lead to nothing."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import cast

from config.counters import BundledRedis, ExternalRedis
from config.problems import Location
from config.stack import StackSettings
from entities.limits import REDIS_PASSWORD
from entities.lint.rule import Flaw, Rule
from entities.lint.subject import Subject
from entities.vault import environment_variable

_REFERENCE = re.compile(r"\{vault://env/([A-Za-z0-9_-]+)(?:[/?][^}]*)?\}")
"""Kong: kong/pdk/vault.lua. What follows the name chooses a part of the value, or says how Kong should look."""


def _unresolved(subject: Subject) -> Iterator[Flaw]:
    settings = subject.settings
    known = _variables(settings)
    patches = json.dumps([patch.model_dump(mode="json") for patch in settings.platform.patches])
    for place, at, name in _references(subject):
        variable = environment_variable(name)
        if variable not in known and f'"{variable}"' not in patches:
            yield Flaw(
                place,
                at,
                f"nobody gives Kong's pods the variable {variable}, so '{{vault://env/{name}}}' is empty",
                f"write vault: {{ {name.lower().replace('_', '-')}: {{ name: <a Secret>, key: <its key> }} }}",
            )


def _variables(settings: StackSettings) -> set[str]:
    """The variables that pods have from Secrets."""
    counters = settings.counters
    names = set(settings.vault)
    if isinstance(counters, BundledRedis | ExternalRedis) and counters.password_secret is not None:
        names.add(REDIS_PASSWORD)
    return {environment_variable(name) for name in names}


def _references(subject: Subject) -> Iterator[tuple[Location, str, str]]:
    """Where a reference stands, in what, and the name that it has."""
    for kind in ("plugins", "certificates"):
        for item in subject.items(kind):
            own = item.place if item.modelled else ()
            for path, name in _inside(item.given, ()):
                yield (own or (*item.place, *path)), item.key, name
    for key, value in subject.settings.platform.properties.items():
        for match in _REFERENCE.finditer(value):
            yield ("platform", "properties", key), "platform", match[1]


def _inside(value: object, at: Location) -> Iterator[tuple[Location, str]]:
    if isinstance(value, Mapping):
        for key, item in cast("Mapping[str, object]", value).items():
            yield from _inside(item, (*at, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(cast("list[object]", value)):
            yield from _inside(item, (*at, index))
    elif isinstance(value, str):
        yield from ((at, match[1]) for match in _REFERENCE.finditer(value))


REFERENCE_UNRESOLVED = Rule(
    name="reference-unresolved",
    severity="error",
    summary="A reference to a secret in the environment of Kong's pods that nobody puts there.",
    why="Kong takes `{vault://env/NAME}` from the variable NAME of its pods, in capitals and with `_` for `-`. Where "
    "there is none, it goes on with an empty value and says so in its log alone.",
    instead="Say under `vault` in which Secret of the namespace the value is.",
    flaws=_unresolved,
)
