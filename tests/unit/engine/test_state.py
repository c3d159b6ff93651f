"""What the sandbox's engine remembers: in the order of making, whole after a kill, and never a secret."""

from pathlib import Path

import pytest

from provider.values import Properties
from sandbox.engine.state import Resource, State, without_secrets


def _resource(name: str, **inputs: object) -> Resource:
    return Resource(urn=f"urn:{name}", type="kong:index/route:Route", name=name, id=f"id-{name}", inputs=dict(inputs))


def test_what_was_put_is_there_for_the_next_run(tmp_path: Path) -> None:
    State(tmp_path / "dev.json").put(_resource("a", minute=5))

    assert State(tmp_path / "dev.json").get("urn:a") == _resource("a", minute=5)


def test_what_was_made_last_is_removed_first_also_when_it_was_changed_in_between(tmp_path: Path) -> None:
    state = State(tmp_path / "dev.json")
    for name in ("a", "b", "c"):
        state.put(_resource(name))
    state.put(_resource("a", minute=5))

    assert [resource.name for resource in State(tmp_path / "dev.json").newest_first()] == ["c", "b", "a"]


def test_what_was_removed_is_forgotten(tmp_path: Path) -> None:
    state = State(tmp_path / "dev.json")
    state.put(_resource("a"))
    state.put(_resource("b"))
    state.remove("urn:a")

    assert [resource.name for resource in State(tmp_path / "dev.json").newest_first()] == ["b"]


def test_a_write_that_is_killed_leaves_the_state_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = State(tmp_path / "dev.json")
    state.put(_resource("a"))
    monkeypatch.setattr(Path, "replace", _killed)
    with pytest.raises(KeyboardInterrupt):
        state.put(_resource("b"))

    assert [resource.name for resource in State(tmp_path / "dev.json").newest_first()] == ["a"]


def test_the_same_resource_again_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = State(tmp_path / "dev.json")
    state.put(_resource("a"))
    monkeypatch.setattr(Path, "replace", _killed)

    state.put(_resource("a"))


def test_of_a_secret_only_a_digest_is_kept_in_which_a_change_shows() -> None:
    def kept(password: str) -> dict[str, object]:
        return without_secrets(Properties({"password": password, "user": "kong"}, frozenset({"password"})))

    assert kept("first")["user"] == "kong"
    assert "first" not in str(kept("first"))
    assert kept("first") == kept("first")
    assert kept("first") != kept("second")


def test_people_know_an_entity_by_its_name_and_an_object_by_namespace_and_name() -> None:
    entity = _resource("route/a/jwt")
    job = entity.model_copy(update={"type": "kubernetes:batch/v1:Job", "id": "omnify/kong-migrations-up-1"})

    assert (entity.title, job.title) == ("route/a/jwt", "omnify/kong-migrations-up-1")


def _killed(*_: object) -> None:
    raise KeyboardInterrupt
