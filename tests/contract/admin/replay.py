"""Sends what a real Kong was sent to a stand-in, and compares the answers.

    .venv/bin/python -m tests.contract.admin.replay      # prints how many exchanges of each recording agree

Not compared: timestamps, and which random ids and secrets were drawn. The stand-in is given the recorded id for an
entity that Kong made one for, because Kong's lists are ordered by id; random secrets need only be used consistently.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import uuid4

import httpx
import yaml

from entities.schema.document import Document, Json, strings
from sandbox.kong import declarative
from sandbox.kong.admin.application import admin_application
from sandbox.kong.admin.node import Node
from sandbox.kong.dao import Dao
from sandbox.kong.pages import Database
from sandbox.kong.sources import Sources
from sandbox.kong.store import Store
from tests.contract.admin.certificates import REMOVED_KEY, with_keys
from tests.recordings import recorded_json

GATEWAYS: dict[Database, tuple[str, ...]] = {
    "postgres": (
        "services",
        "routes",
        "consumers_and_credentials",
        "plugins",
        "upstreams_targets",
        "certificates_snis_ca",
        "pagination_tags",
    ),
    "off": ("dbless",),
}
"""The recordings of each gateway in the order they were made: later ones list what earlier ones left behind."""

RECORDED_AT = 1795451873
_TIMES = frozenset({"created_at", "updated_at"})
_RANDOM = re.compile(r"[0-9A-Za-z]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SCOPE = ("name", "username", "custom_id", "instance_name", "consumer", "route", "service", "upstream")
_IDENTIFYING = {"snis": ("name", "certificate"), "jwt_secrets": ("key", "consumer"), "acls": ("group", "consumer")}
"""What tells one entity of a kind from another."""


@dataclass(frozen=True)
class Outcome:
    """How the stand-in did at one exchange."""

    recording: str
    position: int
    name: str
    differences: tuple[str, ...]


@dataclass
class _Comparison:
    """Compares answers; what is random may differ, but always in the same way."""

    ours_of: dict[str, str] = field(default_factory=dict[str, str])

    def differences(self, recorded: Json, ours: Json, at: str = "$") -> Iterator[str]:
        if isinstance(recorded, dict) and isinstance(ours, dict):
            yield from self._of_objects(recorded, ours, at)
        elif isinstance(recorded, list) and isinstance(ours, list) and len(recorded) == len(ours):
            for position, (one, other) in enumerate(zip(recorded, ours, strict=True)):
                yield from self.differences(one, other, f"{at}[{position}]")
        elif not self._same(recorded, ours):
            yield f"{at}: Kong {_shown(recorded)}, the stand-in {_shown(ours)}"

    def _of_objects(self, recorded: Document, ours: Document, at: str) -> Iterator[str]:
        for name in sorted(recorded.keys() | ours.keys()):
            if name not in recorded or name not in ours:
                yield f"{at}.{name}: only {'Kong' if name in recorded else 'the stand-in'} has it"
            elif name == "enabled_plugins":  # in the order of a Lua table: none
                one, other = sorted(strings(recorded[name])), sorted(strings(ours[name]))
                yield from self.differences([*one], [*other], f"{at}.{name}")
            elif name in _TIMES:
                yield from () if isinstance(ours[name], int | float) else (f"{at}.{name}: no time",)
            elif name == "config" and isinstance(recorded[name], str):
                one, other = yaml.safe_load(str(recorded[name])), yaml.safe_load(str(ours[name]))
                yield from self.differences(one, other, f"{at}.{name}")
            elif recorded[name] != REMOVED_KEY:
                yield from self.differences(recorded[name], ours[name], f"{at}.{name}")

    def _same(self, recorded: Json, ours: Json) -> bool:
        if type(recorded) is bool or type(ours) is bool:
            return recorded is ours
        if recorded == ours:
            return True
        if not (isinstance(recorded, str) and isinstance(ours, str)):
            return False
        if not (_RANDOM.fullmatch(recorded) and _RANDOM.fullmatch(ours)):
            return False
        return self.ours_of.setdefault(recorded, ours) == ours


def _shown(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else f"{text[:300]}…"


class _RecordedIds:
    """Gives an entity the id that Kong gave it."""

    def __init__(self, exchanges: list[dict[str, Any]]) -> None:
        self._exchanges = exchanges
        self._given: set[str] = set()
        self.position = 0

    def new_id(self, kind: str, document: dict[str, Any]) -> str:
        """The id in the answer; for a name made along with a certificate, the one that a later answer shows."""
        names = _IDENTIFYING.get(kind, _SCOPE)
        named = {name: document[name] for name in names if document.get(name) is not None}
        accepted = self._exchanges[self.position]["response"]["status"] < 400
        last = None if kind == "snis" else self.position + 1
        for exchange in self._exchanges[self.position : last] if accepted else ():
            for entity in _entities(exchange["response"]["body"]):
                fits = all(entity.get(name) == value for name, value in named.items())
                if fits and entity["id"] not in self._given:
                    self._given.add(entity["id"])
                    return entity["id"]
        return str(uuid4())


def _entities(body: Json) -> Iterator[dict[str, Any]]:
    """Every object of an answer that has an id and is no mere reference."""
    if isinstance(body, dict):
        if len(body) > 1 and "id" in body:
            yield body
        for value in body.values():
            yield from _entities(value)
    elif isinstance(body, list):
        for value in body:
            yield from _entities(value)


@cache
def outcomes() -> tuple[Outcome, ...]:
    """How the stand-in did at every recorded exchange."""
    return tuple(outcome for database in GATEWAYS for outcome in asyncio.run(_replayed(database)))


async def _replayed(database: Database) -> list[Outcome]:
    exchanges = with_keys(
        [
            {**exchange, "recording": recording, "position": position}
            for recording in GATEWAYS[database]
            for position, exchange in enumerate(recorded_json(f"recorded/{recording}.json"))
        ]
    )
    ids = _RecordedIds(exchanges)
    dao = Dao(Store(), database=database, sources=Sources(now=lambda: RECORDED_AT + ids.position, new_id=ids.new_id))
    if database == "off":
        declarative.load(dao, _CONFIGURATION_AT_START)
    application = admin_application(dao, Node(metrics=lambda: ""))
    comparison = _Comparison()
    outcomes: list[Outcome] = []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://admin") as client:
        for ids.position, exchange in enumerate(exchanges):
            response = await client.send(_request(client, exchange["request"]))
            differences = tuple(_differences(comparison, exchange["response"], response))
            outcomes.append(Outcome(exchange["recording"], exchange["position"], exchange["name"], differences))
    return outcomes


_CONFIGURATION_AT_START = {
    "_format_version": "3.0",
    "services": [
        {"name": "tiny", "url": "http://127.0.0.1:18080", "routes": [{"name": "tiny-route", "paths": ["/tiny"]}]}
    ],
}
"""What the DB-less gateway of the recordings had loaded when it started, as its first answers tell."""


def _request(client: httpx.AsyncClient, recorded: dict[str, Any]) -> httpx.Request:
    body = recorded["body"]
    content = body if isinstance(body, str | None) else json.dumps(body)
    return client.build_request(recorded["method"], recorded["path"], content=content, headers=recorded["headers"])


def _differences(comparison: _Comparison, recorded: dict[str, Any], response: httpx.Response) -> Iterator[str]:
    if response.status_code != recorded["status"]:
        yield f"Kong answered {recorded['status']}, the stand-in {response.status_code}: {response.text[:300]}"
        return
    for name in ("Allow", "Content-Type"):
        if recorded["headers"].get(name) != response.headers.get(name):
            yield f"{name}: Kong {recorded['headers'].get(name)}, the stand-in {response.headers.get(name)}"
    is_json = "json" in response.headers.get("Content-Type", "")
    yield from comparison.differences(recorded["body"], response.json() if is_json else response.text or None)


def main() -> None:
    """Prints the agreement of each recording, and what differs where exchanges do not agree."""
    show = sys.stdout.write
    for recordings in GATEWAYS.values():
        for recording in recordings:
            of_recording = [outcome for outcome in outcomes() if outcome.recording == recording]
            agreeing = sum(not outcome.differences for outcome in of_recording)
            show(f"{recording:28} {agreeing:3} of {len(of_recording)} agree\n")
    for outcome in outcomes():
        for difference in outcome.differences[:5]:
            show(f"{outcome.recording} {outcome.position} {outcome.name}: {difference}\n")


if __name__ == "__main__":
    main()
