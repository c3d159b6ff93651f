"""kong.yml: what stands where, and how it reads."""

from collections.abc import Iterator
from typing import Any, cast

from entities.declarative import declarative_document, declarative_yaml
from tests.unit.config.documents import put
from tests.unit.entities.states import desired

CACHE = {"name": "proxy-cache", "config": {"strategy": "memory"}}
SEVERAL = put("plugins", [CACHE | {"on": {"service": "omnify-api", "route": "omnify-eyes", "tier": "pro"}}])


def _entities(value: object) -> Iterator[dict[str, Any]]:
    """Every entity of the file, wherever it stands."""
    if isinstance(value, list):
        for item in cast("list[object]", value):
            yield from _entities(item)
    elif isinstance(value, dict):
        document = cast("dict[str, Any]", value)
        if "id" in document:
            yield document
        for field in ("services", "routes", "consumers", "plugins", "acls", "jwt_secrets"):
            yield from _entities(document.get(field))


def test_each_entity_stands_inside_the_one_it_belongs_to() -> None:
    file: dict[str, Any] = declarative_document(desired())

    assert list(file) == ["_format_version", "services", "consumers", "plugins"]
    (service,) = file["services"]
    assert [route["name"] for route in service["routes"]] == [
        "omnify-api-all", "omnify-auth", "omnify-agentkit", "omnify-eyes", "omnify-health",
    ]  # fmt: skip
    assert [plugin["name"] for plugin in service["routes"][0]["plugins"]] == ["jwt", "acl", "pre-function"]
    assert "plugins" not in service["routes"][1]
    for consumer in file["consumers"]:
        assert [len(consumer[inner]) for inner in ("acls", "jwt_secrets", "plugins")] == [1, 1, 1]


def test_no_entity_refers_to_an_id() -> None:
    """Kong takes plain names for references; where an entity stands says the rest."""
    found = list(_entities(declarative_document(desired(SEVERAL))))

    assert len(found) == len(list(desired(SEVERAL)))
    references = [
        {field: entity[field] for field in ("service", "route", "consumer") if field in entity} for entity in found
    ]
    assert [each for each in references if each] == [
        {"service": "omnify-api", "route": "omnify-eyes", "consumer": "pro-tier"}
    ]


def test_fields_without_a_value_are_left_out() -> None:
    for entity in _entities(declarative_document(desired())):
        assert None not in entity.values()


def test_it_reads_well() -> None:
    text = declarative_yaml(desired())

    assert text.startswith("_format_version: '3.0'\nservices:\n- id: ")
    assert "rsa_public_key: |\n" in text
    assert "-----BEGIN PUBLIC KEY-----\n" in text
    assert "&id" not in text
    assert "!!" not in text
