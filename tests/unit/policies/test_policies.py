"""Each policy: OmniFy's stacks keep it, and a stack that breaks it is told what and where."""

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from config.files import read_files
from config.project import PROJECT
from entities.schema.document import UNKNOWN
from entities.validation import validated
from gateway.policing import policy_catalogue
from gateway.recording import record
from policies import POLICIES, Resource, Subject, violations

Properties = dict[str, Any]
STACKS = ("dev", "prod")
_KONG = "kong:index/"


@cache
def stack(name: str, mode: str = "database") -> Subject:
    document = {**read_files(PROJECT, name), "mode": mode}
    registrations = record(document, name, preview=True).registrations
    resources = [Resource(r.urn, r.type, r.name, r.properties.values, r.dependencies) for r in registrations]
    return Subject(validated(document), tuple(resources))


def said(subject: Subject) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for violation in violations(subject):
        found.setdefault(violation.policy.name, []).append(f"{violation.broken.at}: {violation.broken.wrong}")
    return found


def changed(subject: Subject, which: Callable[[Resource], bool], change: Callable[[Properties], None]) -> Subject:
    """A subject in which the properties of some resources are others."""
    resources: list[Resource] = []
    for resource in subject.resources:
        if which(resource):
            properties = copy.deepcopy(dict(resource.properties))
            change(properties)
            resource = replace(resource, properties=properties)  # noqa: PLW2901
        resources.append(resource)
    return replace(subject, resources=tuple(resources))


def without(subject: Subject, which: Callable[[Resource], bool]) -> Subject:
    return replace(subject, resources=tuple(each for each in subject.resources if not which(each)))


def plugin(name: str) -> Callable[[Resource], bool]:
    return lambda resource: resource.type == f"{_KONG}plugin:Plugin" and resource.properties["name"] == name


def of_kind(kind: str, name: str | None = None) -> Callable[[Resource], bool]:
    def which(resource: Resource) -> bool:
        properties = resource.properties
        return properties.get("kind") == kind and name in (None, properties["metadata"].get("name"))

    return which


def entity(name: str) -> Callable[[Resource], bool]:
    return lambda resource: resource.type.startswith(_KONG) and resource.properties.get("name") == name


def configured(**values: Any) -> Callable[[Properties], None]:
    def change(properties: Properties) -> None:
        properties["configJson"] = json.dumps(json.loads(properties["configJson"]) | values)

    return change


def container(**values: Any) -> Callable[[Properties], None]:
    def change(properties: Properties) -> None:
        properties["spec"]["template"]["spec"]["containers"][0].update(values)

    return change


def environment(**values: str) -> Callable[[Properties], None]:
    def change(properties: Properties) -> None:
        variables = properties["spec"]["template"]["spec"]["containers"][0]["env"]
        kept = [each for each in variables if each["name"] not in values]
        kept += [{"name": name, "value": value} for name, value in values.items()]
        variables[:] = kept

    return change


def spec(**values: Any) -> Callable[[Properties], None]:
    return lambda properties: properties["spec"].update(values)


@pytest.mark.parametrize("mode", ["database", "dbless"])
@pytest.mark.parametrize("name", STACKS)
def test_the_stacks_of_the_repository_keep_every_policy(name: str, mode: str) -> None:
    assert said(stack(name, mode)) == {}


LIMIT_OF_PRO = {"minute": 900, "hour": 300_000, "day": 7_200_000}

BREAKING: Mapping[str, tuple[Subject | Callable[[], Subject], list[str]]] = {
    "routes-are-guarded": (
        lambda: without(stack("prod"), plugin("jwt")),
        ["routes omnify-agentkit: everybody may pass, and nothing says why"],
    ),
    "entities-are-tagged": (
        lambda: changed(stack("prod"), entity("omnify-eyes"), lambda of: of.update(tags=["managed-by:pulumi"])),
        ["routes omnify-eyes: has no tag that begins with 'project:'"],
    ),
    "tiers-are-limited": (
        lambda: changed(
            stack("prod"),
            lambda each: plugin("rate-limiting")(each) and "pro" in each.name,
            configured(**LIMIT_OF_PRO),
        ),
        ["tier pro: has 900 requests a minute, fewer than free with 1000"],
    ),
    "cors-is-narrow": (
        lambda: changed(stack("prod"), plugin("cors"), configured(credentials=True, origins=["*"])),
        ["cors: every origin may send requests with the user's cookies"],
    ),
    "plugins-hold-no-secret": (
        lambda: changed(
            stack("prod"), plugin("rate-limiting"), configured(redis={"host": "redis", "password": "hunter2"})
        ),
        ["config.redis.password is a secret in the clear"],
    ),
    "admin-is-private": (
        lambda: changed(stack("prod"), of_kind("Service", "kong-admin"), spec(type="LoadBalancer")),
        ["Service kong-admin: leads from outside the cluster to port admin"],
    ),
    "admin-is-locked": (
        lambda: changed(stack("prod"), of_kind("Deployment"), environment(KONG_ADMIN_LISTEN="0.0.0.0:8001 reuseport")),
        ["Deployment kong: its Admin API listens on 0.0.0.0:8001 without a lock"],
    ),
    "pods-are-bounded": (
        lambda: changed(stack("prod"), of_kind("Deployment"), container(resources={"requests": {"cpu": "1"}})),
        [
            "Deployment kong: container kong has not a request for memory",
            "Deployment kong: container kong has not a limit for memory",
        ],
    ),
    "pods-are-probed": (
        lambda: changed(stack("prod"), of_kind("Deployment"), container(readinessProbe=None)),
        ["Deployment kong: container kong has no readinessProbe"],
    ),
    "images-are-pinned": (
        lambda: changed(stack("prod"), of_kind("Deployment"), container(image="kong:3.9.1")),
        ["Deployment kong: container kong runs kong:3.9.1, which may change"],
    ),
    "names-have-tls": (
        lambda: changed(stack("prod"), of_kind("Ingress", "kong"), spec(tls=[])),
        ["Ingress kong: kong.omnify.local is served by plain HTTP"],
    ),
    "origins-have-tls": (
        lambda: changed(stack("prod"), plugin("cors"), configured(origins=["http://app.omnify.example"])),
        ["cors: http://app.omnify.example may be changed by everybody on its way"],
    ),
    "database-is-protected": (
        lambda: changed(stack("prod"), of_kind("Deployment"), environment(KONG_PG_SSL_VERIFY="off")),
        ["Deployment kong: connects to postgres.omnify-data.svc.cluster.local without checking who that is"],
    ),
}


def test_every_policy_is_broken_here() -> None:
    assert BREAKING.keys() == {policy.name for policy in POLICIES}


@pytest.mark.parametrize("name", BREAKING)
def test_what_breaks_a_policy_is_told_and_nothing_else(name: str) -> None:
    subject, expected = BREAKING[name]
    found = said(subject() if callable(subject) else subject)
    assert list(found) == [name]
    for line in expected:
        assert any(line in each for each in found[name])


@pytest.mark.parametrize("name", ["images-are-pinned", "names-have-tls", "origins-have-tls", "database-is-protected"])
def test_a_stack_that_is_no_production_may_do_without(name: str) -> None:
    subject, _ = BREAKING[name]
    broken = subject() if callable(subject) else subject
    assert said(replace(broken, settings=stack("dev").settings)) == {}


def test_a_missing_limit_is_told_by_its_window() -> None:
    subject = changed(stack("prod"), plugin("rate-limiting"), configured(day=None))
    assert said(subject)["tiers-are-limited"] == [
        f"tier {tier}: has no limit a day" for tier in ("free", "pro", "enterprise")
    ]


def test_a_route_is_guarded_by_a_plugin_on_its_service() -> None:
    subject = changed(stack("prod"), plugin("jwt"), lambda of: None)
    moved = [
        replace(
            each,
            properties={key: value for key, value in each.properties.items() if key != "routeId"},
        )
        if plugin("jwt")(each)
        else each
        for each in subject.resources
    ]
    assert "routes-are-guarded" not in said(replace(subject, resources=tuple(moved)))


def test_a_disabled_guard_guards_nothing() -> None:
    subject = changed(stack("prod"), plugin("jwt"), lambda of: of.update(enabled=False))
    assert len(said(subject)["routes-are-guarded"]) == 3


def test_an_ingress_to_the_admin_api_breaks_even_when_somebody_is_asked() -> None:
    def to_admin(properties: Properties) -> None:
        properties["metadata"]["annotations"] = {"nginx.ingress.kubernetes.io/auth-url": "https://sso.example"}
        backend = properties["spec"]["rules"][0]["http"]["paths"][0]["backend"]
        backend["service"]["name"] = "kong-admin"

    subject = changed(stack("prod"), of_kind("Ingress", "kong"), to_admin)
    assert said(subject)["admin-is-private"] == ["Ingress kong: leads to kong-admin, and asks nobody who they are"]


def test_a_locked_admin_api_may_listen_for_others() -> None:
    locked = {"KONG_ADMIN_LISTEN": "0.0.0.0:8444 ssl", "KONG_NGINX_ADMIN_SSL_VERIFY_CLIENT": "on"}
    assert said(changed(stack("prod"), of_kind("Deployment"), environment(**locked))) == {}


def test_what_a_preview_does_not_know_yet_breaks_nothing() -> None:
    def unknown(properties: Properties) -> None:
        properties.update({key: UNKNOWN for key in ("tags", "spec", "data") if key in properties})

    assert "entities-are-tagged" not in said(changed(stack("prod"), lambda _: True, unknown))


def test_the_document_of_the_policies_is_up_to_date() -> None:
    assert (PROJECT / "docs/policies.md").read_text("utf-8") == policy_catalogue(), "make generate"
