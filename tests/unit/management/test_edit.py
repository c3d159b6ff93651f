"""The stack's file while it is changed: section by section, all else to the letter."""

from typing import Any

import pytest
import yaml

from config.problems import InvalidSettingsError
from gateway.recording import PROJECT
from management.declaring.kind import AlreadyDeclaredError, NotDeclaredError
from management.declaring.kinds import KINDS
from management.models.stats import Resource
from management.stack.edit import StackEdit, UneditableError

SHARED = (PROJECT / "Pulumi.yaml").read_text()
FILE = """\
# The first line.
config:
  omnify-gateway:backends:
    omnify-api: http://omnify-api   # where it is

  # About tiers.
  omnify-gateway:tiers:
    # The free one.
    - { name: free }   # for everybody
    - name: pro
      times: 5         # five times
  # About the rest.
  other:key: { a: 1 }
encryptionsalt: v1:abc
"""


def edit(text: str = FILE) -> StackEdit:
    return StackEdit(text, SHARED)


def read(text: str) -> dict[str, Any]:
    return yaml.safe_load(text)["config"]


def test_what_is_not_changed_stays_to_the_letter() -> None:
    assert edit().text() == FILE
    for name in ("dev", "prod"):
        text = (PROJECT / f"Pulumi.{name}.yaml").read_text()
        again = StackEdit(text, SHARED)
        for key in ("apis", "tiers", "backends", "platform", "ingress", "trust"):
            again.change(key, {})
        assert again.text() == text


def test_a_change_keeps_the_comments_and_all_other_lines() -> None:
    changed = edit()
    KINDS[Resource.CONSUMERS].change(changed, "pro", {"times": 7})

    assert changed.text() == FILE.replace("times: 5 ", "times: 7 ")


def test_a_key_that_is_inherited_is_copied_when_it_is_changed_and_only_then() -> None:
    changed = edit()
    assert changed.is_inherited("apis")
    KINDS[Resource.ROUTES].change(changed, "omnify-eyes", {"paths": ["/api/eyes/"]})

    assert changed.copied == ("apis",)
    assert list(read(changed.text())) == [
        "omnify-gateway:backends",
        "omnify-gateway:tiers",
        "other:key",
        "omnify-gateway:apis",
    ]
    same = edit()
    KINDS[Resource.SERVICES].change(same, "omnify-api", {"url": "http://omnify-api"})
    assert (same.text(), same.copied) == (FILE, ())


@pytest.mark.parametrize("text", ["config:\n", "", "config:\n  # nothing yet\n", "encryptionsalt: x\n"])
def test_a_file_that_says_nothing_gets_its_first_key(text: str) -> None:
    changed = edit(text)
    KINDS[Resource.PLUGINS].declare(changed, {"name": "cors", "on": {"route": "omnify-eyes"}})

    assert read(changed.text())["omnify-gateway:plugins"] == [{"name": "cors", "on": {"route": "omnify-eyes"}}]


@pytest.mark.parametrize("text", ["config: { a: 1 }\n", "- a\n", "config: [\n", "{ config: {} }\n"])
def test_a_file_of_another_form_is_left_alone(text: str) -> None:
    with pytest.raises(UneditableError):
        edit(text)


@pytest.mark.parametrize("word", ["yes", "on", "12:30", "null", "1e3", "0o7", " x ", "# no", "a: b", "é\n", "", "- a"])
def test_words_stay_words(word: str) -> None:
    changed = edit()
    KINDS[Resource.PLUGINS].declare(changed, {"name": "x", "config": {word: [word]}})

    assert read(changed.text())["omnify-gateway:plugins"][0]["config"] == {word: [word]}


def test_a_service_brings_its_backend_and_takes_it_away() -> None:
    services = KINDS[Resource.SERVICES]
    changed = edit()
    placed = services.declare(changed, {"name": "shop", "url": "http://shop", "routes": []})
    said = read(changed.text())

    assert said["omnify-gateway:backends"] == {"omnify-api": "http://omnify-api", "shop": "http://shop"}
    assert [api["name"] for api in said["omnify-gateway:apis"]] == ["omnify-api", "shop"]
    assert placed.field(("backends", "shop")) == "url"
    assert placed.field(("apis", 1, "routes", 0, "paths")) == "routes[0].paths"
    assert placed.field(("apis", 0, "routes")) is None
    services.remove(changed, "shop")
    assert changed.value("backends") == {"omnify-api": "http://omnify-api"}


def test_a_service_keeps_the_routes_that_are_not_sent() -> None:
    changed = edit()
    KINDS[Resource.SERVICES].change(changed, "omnify-api", {"retries": 4})

    (api,) = read(changed.text())["omnify-gateway:apis"]
    assert (api["retries"], len(api["routes"])) == (4, 5)


def test_a_route_moves_to_another_service() -> None:
    changed = edit()
    route: dict[str, Any] = {"paths": ["/s/"], "methods": ["GET"], "access": {"groups": ["free"]}}
    KINDS[Resource.SERVICES].declare(
        changed, {"name": "shop", "url": "http://shop", "routes": [{"name": "shop-all", **route}]}
    )
    KINDS[Resource.ROUTES].change(changed, "omnify-eyes", {"service": "shop", **route})

    first, second = read(changed.text())["omnify-gateway:apis"]
    assert "omnify-eyes" not in [each["name"] for each in first["routes"]]
    assert [each["name"] for each in second["routes"]] == ["shop-all", "omnify-eyes"]


def test_a_group_has_its_tiers_and_whom_it_is_given() -> None:
    groups = KINDS[Resource.ACL_GROUPS]
    changed = edit()
    groups.declare(changed, {"name": "beta", "consumers": ["pro-tier", "pro", "robot"]})

    assert read(changed.text())["omnify-gateway:entities"] == {
        "acls": [{"consumer": "pro", "group": "beta"}, {"consumer": "robot", "group": "beta"}]
    }
    assert dict(groups.declared(changed))["beta"] == {"name": "beta", "consumers": ["pro", "robot"]}
    assert dict(groups.declared(changed))["free"] == {"name": "free", "consumers": ["free"]}
    groups.change(changed, "beta", {"consumers": ["robot"]})
    assert changed.value("entities") == {"acls": [{"consumer": "robot", "group": "beta"}]}
    groups.remove(changed, "beta")
    assert "beta" not in dict(groups.declared(changed))


def test_a_tier_s_own_group_is_the_tier_s() -> None:
    groups = KINDS[Resource.ACL_GROUPS]
    with pytest.raises(InvalidSettingsError, match="leave out 'free', a tier whose own group it is; add it"):
        groups.change(edit(), "free", {"consumers": ["pro"]})
    with pytest.raises(InvalidSettingsError, match="is the group of tier 'free'"):
        groups.remove(edit(), "free")


@pytest.mark.parametrize("resource", list(Resource))
def test_what_is_there_is_not_declared_twice_and_what_is_not_there_cannot_change(resource: Resource) -> None:
    kind, changed = KINDS[resource], edit()
    if resource is Resource.PLUGINS:
        kind.declare(changed, {"name": "cors"})
    name, declaration = next(iter(kind.declared(changed)))

    with pytest.raises(AlreadyDeclaredError):
        kind.declare(changed, declaration)
    for change in (lambda: kind.change(changed, "nobody", {}), lambda: kind.remove(changed, "nobody")):
        with pytest.raises(NotDeclaredError, match=name.partition("/")[0]):
            change()


def test_another_name_than_the_path_s_is_refused() -> None:
    for resource, name in ((Resource.SERVICES, "omnify-api"), (Resource.CONSUMERS, "pro")):
        with pytest.raises(InvalidSettingsError, match="and the path says"):
            KINDS[resource].change(edit(), name, {"name": "other"})
