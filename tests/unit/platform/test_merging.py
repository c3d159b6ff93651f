"""How a patch is laid over an object."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from config.kubernetes.merging import merged

DEPLOYMENT: dict[str, Any] = {
    "spec": {
        "replicas": 2,
        "template": {
            "spec": {
                "tolerations": [{"key": "old"}],
                "containers": [
                    {"name": "kong", "image": "kong:3.9.1", "env": [{"name": "A", "value": "1"}], "args": ["a", "b"]}
                ],
            }
        },
    }
}


def patched(**pod: Any) -> dict[str, Any]:
    return merged("Deployment", DEPLOYMENT, {"spec": {"template": {"spec": pod}}})["spec"]["template"]["spec"]


def test_containers_and_their_variables_merge_by_name() -> None:
    found = patched(containers=[{"name": "kong", "env": [{"name": "B", "value": "2"}, {"name": "A", "value": "3"}]}])
    (kong,) = found["containers"]
    assert kong["image"] == "kong:3.9.1"
    assert kong["env"] == [{"name": "A", "value": "3"}, {"name": "B", "value": "2"}]


def test_what_is_new_comes_behind_what_was_there() -> None:
    found = patched(containers=[{"name": "sidecar", "image": "x:1"}], hostAliases=[{"ip": "10.0.0.1"}])
    assert [each["name"] for each in found["containers"]] == ["kong", "sidecar"]
    assert found["hostAliases"] == [{"ip": "10.0.0.1"}]


def test_lists_without_names_are_replaced() -> None:
    assert patched(tolerations=[{"key": "new"}])["tolerations"] == [{"key": "new"}]
    assert patched(containers=[{"name": "kong", "args": ["c"]}])["containers"][0]["args"] == ["c"]


def test_null_removes() -> None:
    assert "tolerations" not in patched(tolerations=None)
    assert merged(
        "Deployment", {"metadata": {"labels": {"a": "1", "b": "2"}}}, {"metadata": {"labels": {"a": None}}}
    ) == {"metadata": {"labels": {"b": "2"}}}


def test_an_item_is_removed_by_its_name() -> None:
    found = patched(containers=[{"name": "kong", "env": [{"name": "A", "$patch": "delete"}]}])
    assert found["containers"][0]["env"] == []


def test_a_set_is_added_to() -> None:
    there = {"metadata": {"finalizers": ["a"]}}
    assert merged("Service", there, {"metadata": {"finalizers": ["b", "a"]}})["metadata"]["finalizers"] == ["a", "b"]


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), st.none() | st.text(), min_size=1))
def test_laid_over_twice_is_laid_over_once(labels: dict[str, str | None]) -> None:
    patch = {
        "metadata": {"labels": labels},
        "spec": {"template": {"spec": {"containers": [{"name": "new", "tty": True}]}}},
    }
    once = merged("Deployment", DEPLOYMENT, patch)
    assert merged("Deployment", once, patch) == once


def test_neither_the_object_nor_the_patch_is_changed() -> None:
    before = repr(DEPLOYMENT)
    patched(containers=[{"name": "kong", "env": [{"name": "A", "value": "9"}]}], tolerations=None)
    assert repr(DEPLOYMENT) == before
