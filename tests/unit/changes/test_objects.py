"""Two sets of Kubernetes objects beside one another, and what their change costs."""

from typing import Any

import pytest

from gateway.changes import phrases
from tests.unit.changes.states import change, fields, manifest, objects, report, told


def deployment(image: str = "kong:3.9.1", **spec: Any) -> dict[str, Any]:
    containers = [{"name": "kong", "image": image, "env": [{"name": "KONG_LOG_LEVEL", "value": "notice"}]}]
    template = {"spec": {"containers": containers}}
    return manifest("Deployment", "kong", spec={"replicas": 3, "template": template, **spec})


def costs(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[str]:
    sides = (objects(*([side] if side else [])) for side in (before, after))
    return [phrases.cost(cost) for cost in report(*sides).costs]


def test_items_of_lists_are_the_same_by_name() -> None:
    after = deployment()
    env = after["spec"]["template"]["spec"]["containers"][0]["env"]
    env.insert(0, {"name": "KONG_DATABASE", "value": "off"})
    env[1]["value"] = "info"

    found = report(objects(deployment()), objects(after))

    assert fields(change(found, "gateway/kong")) == {
        "spec.template.spec.containers[kong].env[KONG_DATABASE]": (None, {"name": "KONG_DATABASE", "value": "off"}),
        "spec.template.spec.containers[kong].env[KONG_LOG_LEVEL].value": ("notice", "info"),
    }


def test_another_pod_restarts_pods() -> None:
    assert costs(deployment(), deployment("kong:3.9.2")) == [
        "Deployment kong: its pods are made anew, one after the other"
    ]


def test_pods_that_go_before_others_come_are_told() -> None:
    recreate: dict[str, Any] = {"strategy": {"type": "Recreate"}}
    assert costs(deployment(**recreate), deployment("kong:3.9.2", **recreate)) == [
        "Deployment kong: its pods are made anew, all of them at once: nothing answers meanwhile"
    ]


def test_more_pods_restart_none() -> None:
    found = report(objects(deployment()), objects(deployment(replicas=5)))

    assert told(found) == ["update Deployment gateway/kong"]
    assert not found.costs


def test_another_selector_makes_it_anew() -> None:
    selector: dict[str, Any] = {"selector": {"matchLabels": {"app": "other"}}}

    assert costs(deployment(), deployment(**selector)) == ["Deployment kong is made anew"]


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("Job", {"spec": {"template": 1}}),
        ("PersistentVolumeClaim", {"spec": {"storageClassName": "fast"}}),
        ("RoleBinding", {"roleRef": {"name": "other"}}),
        ("Secret", {"data": {"key": "b3RoZXI="}}),
        ("Service", {"spec": {"clusterIP": "None"}}),
        ("StatefulSet", {"spec": {"serviceName": "other"}}),
    ],
)
def test_what_the_api_server_keeps_as_it_is_is_replaced(kind: str, field: dict[str, Any]) -> None:
    found = report(objects(manifest(kind, "it")), objects(manifest(kind, "it", **field)))

    assert told(found) == [f"replace {kind} gateway/it"]


def test_what_is_named_by_its_content_is_replaced_by_what_it_is_named_now() -> None:
    before = manifest("ConfigMap", "kong-declarative-0123456789", data={"kong.yml": "a"})
    after = manifest("ConfigMap", "kong-declarative-abcdef0123", data={"kong.yml": "b"})

    found = report(objects(before), objects(after))

    assert [phrases.headline(each) for each in found.changes] == [
        "ConfigMap gateway/kong-declarative-0123456789 → kong-declarative-abcdef0123"
    ]
    assert fields(found.changes[0]) == {"data.kong.yml": ("a", "b")}


def test_objects_of_other_names_are_not_taken_for_one_another() -> None:
    found = report(objects(manifest("Service", "one")), objects(manifest("Service", "two")))

    assert told(found) == ["delete Service gateway/one", "create Service gateway/two"]


def test_a_job_runs_when_it_is_made_or_made_anew() -> None:
    jobs = [
        manifest("Job", f"migrations-{digest}", spec={"template": digest}) for digest in ("0123456789", "abcdef0123")
    ]

    assert costs(None, jobs[0]) == ["Job migrations-0123456789 runs"]
    assert costs(*jobs) == ["Job migrations-abcdef0123 runs"]
    assert costs(jobs[0], None) == []


def test_data_that_goes_is_told() -> None:
    assert costs(manifest("StatefulSet", "postgres"), None) == [
        "StatefulSet postgres goes, and with it the data that it keeps",
        "StatefulSet postgres: its pods stop",
    ]


def test_values_of_secrets_are_not_told() -> None:
    sides = [objects(manifest("Secret", "it", data={"password": value})) for value in ("b2xk", "bmV3")]

    found = report(*sides)

    assert fields(found.changes[0]) == {"data.password": ("[secret]", "[secret]")}


@pytest.mark.parametrize(
    ("after", "place"),
    [
        (manifest("Service", "kong-proxy", spec={"type": "LoadBalancer"}), "Service kong-proxy as LoadBalancer"),
        (manifest("Service", "kong-admin", spec={"type": "NodePort"}), "Service kong-admin as NodePort"),
        (manifest("Ingress", "kong", spec={"rules": [{"host": "a.example"}]}), "Ingress kong at a.example"),
        (manifest("Ingress", "kong", spec={"rules": [{"http": {}}]}), "Ingress kong at every host"),
        (
            manifest("NetworkPolicy", "kong", spec={"ingress": [{"ports": [{"port": "admin"}]}]}),
            "NetworkPolicy kong lets everybody in on admin",
        ),
    ],
)
def test_what_becomes_reachable_is_told(after: dict[str, Any], place: str) -> None:
    assert report(objects(manifest(after["kind"], after["metadata"]["name"])), objects(after)).exposed == (place,)
    assert report(objects(after), objects(after)).exposed == ()
    assert report(objects(after), objects()).exposed == ()
