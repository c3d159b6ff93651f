"""The compact facts in the package are those of the recorded schemas, and small enough to read."""

from __future__ import annotations

import json
from typing import Any, cast

import httpx
import pytest

from entities.schema.compile import compile_facts, recorded, running, written
from entities.schema.facts import VALIDATORS_ORDER
from entities.schema.kong import FACTS_FILE
from entities.schema.validators import VALIDATORS
from tests.recordings import RECORDINGS, needs_recordings, recorded_json


@needs_recordings
def test_compiling_the_recorded_schemas_gives_exactly_the_facts_in_the_package() -> None:
    assert written(compile_facts(*recorded(RECORDINGS))) == FACTS_FILE.read_text()


@needs_recordings
def test_a_running_kong_gives_the_same_facts_as_its_recordings() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/":
            names = [file.stem for file in (RECORDINGS / "schemas" / "plugins").glob("*.json")]
            return httpx.Response(200, json={"plugins": {"available_on_server": dict.fromkeys(names, True)}})
        return httpx.Response(200, json=recorded_json(f"{request.url.path.lstrip('/')}.json"))

    with httpx.Client(base_url="http://kong.test", transport=httpx.MockTransport(answer)) as client:
        assert written(compile_facts(*running(client))) == FACTS_FILE.read_text()


def test_an_admin_api_that_refuses_is_an_error() -> None:
    refusing = httpx.MockTransport(lambda _: httpx.Response(401))

    with httpx.Client(base_url="http://kong.test", transport=refusing) as client, pytest.raises(httpx.HTTPError):
        running(client)


def test_the_facts_stay_small_and_readable() -> None:
    text = FACTS_FILE.read_text()

    assert len(text) < 150_000
    assert max(len(line) for line in text.splitlines()) < 900
    assert "description" not in text


def test_every_validator_that_the_facts_name_exists() -> None:
    named = set(_validators(json.loads(FACTS_FILE.read_text())))

    assert named == set(VALIDATORS)


def test_every_attribute_that_restricts_a_value_is_applied() -> None:
    attributes = {name for field in _fields(json.loads(FACTS_FILE.read_text())) for name in field}

    assert attributes - _SAYS_SOMETHING_ELSE <= set(VALIDATORS_ORDER)


_SAYS_SOMETHING_ELSE = {
    *("abstract", "auto", "checks", "default", "deprecated", "echoed", "elements", "encrypted", "err", "expands"),
    *("fields", "for", "keys", "on_delete", "reference", "referenceable", "required", "shorthands", "transient"),
    *("translations", "type", "unique", "unique_across_ws", "values"),
}


def _validators(spec: Any) -> list[str]:
    if isinstance(spec, dict):
        parts = cast("dict[str, Any]", spec)
        own = [parts["validator"]] if isinstance(parts.get("validator"), str) else []
        return own + [name for part in parts.values() for name in _validators(part)]
    if isinstance(spec, list):
        return [name for part in cast("list[Any]", spec) for name in _validators(part)]
    return []


def _fields(spec: Any) -> list[dict[str, Any]]:
    """Every field's specification; a field named `type` is none of those, a field's type is a word."""
    if not isinstance(spec, dict):
        return [field for part in cast("list[Any]", spec) for field in _fields(part)] if isinstance(spec, list) else []
    parts = cast("dict[str, Any]", spec)
    own = [parts] if isinstance(parts.get("type"), str) else []
    return own + [field for name, part in parts.items() if name != "default" for field in _fields(part)]
