"""The store against a plain list of entities: uniqueness, references, cascades and order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.kong.errors import KongError
from sandbox.kong.store import Store

Document = dict[str, Any]


def _service(identity: str, name: str | None = None) -> Document:
    return {"id": identity, "name": name, "client_certificate": None}


def _route(identity: str, service: str | None) -> Document:
    return {"id": identity, "name": None, "service": {"id": service} if service else None}


def _plugin(identity: str, name: str, **scope: str) -> Document:
    references = {field: {"id": scope[field]} if field in scope else None for field in ("service", "route", "consumer")}
    return {"id": identity, "name": name, "instance_name": None, **references}


def test_entities_come_ordered_by_id() -> None:
    store = Store()
    for identity in ("c", "a", "b"):
        store.insert("services", _service(identity))
    store.delete("services", "a")

    assert [each["id"] for each in store.all("services")] == ["b", "c"]
    assert [each["id"] for each in store.after("services", "a")] == ["b", "c"]
    assert [each["id"] for each in store.after("services", "b")] == ["c"]


def test_a_unique_value_is_taken_until_its_entity_changes_or_goes() -> None:
    store = Store()
    store.insert("services", _service("1", "api"))

    with pytest.raises(KongError) as refused:
        store.insert("services", _service("2", "api"))
    assert (refused.value.status, refused.value.body["fields"]) == (409, {"name": "api"})

    store.replace("services", _service("1", "renamed"))
    store.insert("services", _service("2", "api"))
    store.delete("services", "1")
    store.insert("services", _service("3", "renamed"))


def test_null_is_not_a_unique_value() -> None:
    store = Store()
    store.insert("services", _service("1"))
    store.insert("services", _service("2"))

    assert len(store.all("services")) == 2


def test_a_plugin_stands_once_in_each_scope() -> None:
    store = Store()
    store.insert("services", _service("s"))
    store.insert("plugins", _plugin("1", "cors"))
    store.insert("plugins", _plugin("2", "cors", service="s"))

    with pytest.raises(KongError, match="UNIQUE violation"):
        store.insert("plugins", _plugin("3", "cors", service="s"))


def test_a_reference_must_lead_somewhere() -> None:
    with pytest.raises(KongError, match="does not reference an existing 'services' entity"):
        Store().insert("routes", _route("r", "nowhere"))


def test_what_belongs_to_an_entity_goes_with_it() -> None:
    store = Store()
    store.insert("consumers", {"id": "c", "username": "u", "custom_id": None})
    store.insert("acls", {"id": "a", "consumer": {"id": "c"}, "group": "g"})
    store.insert("plugins", _plugin("p", "cors", consumer="c"))

    store.delete("consumers", "c")

    assert (store.all("acls"), store.all("plugins")) == ([], [])


def test_a_deletion_that_is_refused_deletes_nothing() -> None:
    store = Store()
    store.insert("services", _service("s"))
    store.insert("plugins", _plugin("p", "cors", service="s"))
    store.insert("routes", _route("r", "s"))

    with pytest.raises(KongError, match="an existing 'routes' entity references this 'services' entity"):
        store.delete("services", "s")

    assert len(store.all("plugins")) == 1


def test_every_write_makes_a_new_version_and_no_read_does() -> None:
    store = Store()
    versions = [store.version]
    store.insert("services", _service("s"))
    versions.append(store.version)
    store.replace("services", _service("s", "n"))
    versions.append(store.version)
    store.all("services")
    store.delete("services", "s")
    versions.append(store.version)

    assert versions == sorted(set(versions))


_writes = st.lists(
    st.tuples(st.sampled_from(["put", "delete"]), st.integers(0, 6), st.sampled_from([None, "x", "y", "z"])),
    max_size=40,
)


@given(_writes)
def test_the_indexes_agree_with_the_entities(writes: list[tuple[str, int, str | None]]) -> None:
    store = Store()
    expected: dict[str, Document] = {}
    for action, number, name in writes:
        identity = str(number)
        taken = any(each["name"] == name and each["id"] != identity for each in expected.values() if name)
        if action == "delete" and identity in expected:
            store.delete("services", identity)
            del expected[identity]
        elif action == "put" and not taken:
            store.replace("services", _service(identity, name))
            expected[identity] = _service(identity, name)

    assert store.all("services") == [expected[identity] for identity in sorted(expected)]
    for name in ("x", "y", "z"):
        named = [each for each in expected.values() if each["name"] == name]
        assert store.find("services", ("name",), (name,)) == (named[0] if named else None)
