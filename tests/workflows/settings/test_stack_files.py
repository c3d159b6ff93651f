"""What the stack files of `workflows/` may say, and what is told of everything that is wrong."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import JsonValue

from config.problems import InvalidSettingsError
from tests.workflows.program.stack import document, section
from workflows.settings.reading import FOLDER, read_settings, stack_settings
from workflows.settings.temporal import Apart, Together

DIGEST = "@sha256:" + "0" * 64


def refusal(stack: str, /, **sections: JsonValue) -> str:
    with pytest.raises(InvalidSettingsError) as refused:
        read_settings(document(stack, **sections))
    return str(refused.value)


def workers(stack: str = "dev", **keys: Any) -> dict[str, JsonValue]:
    return section(stack, "workers", **keys)


def version(build_id: str = "1", image: str = "omnify-workflows:1") -> dict[str, JsonValue]:
    return {"buildId": build_id, "image": image}


def test_development_is_one_pod_and_production_one_deployment_for_each_service() -> None:
    assert isinstance(stack_settings("dev").temporal.layout, Together)
    assert isinstance(stack_settings("prod").temporal.layout, Apart)
    assert stack_settings("dev").database.kind == "bundled"
    assert stack_settings("prod").database.kind == "external"


def test_every_stack_file_is_a_stack() -> None:
    names = {file.name.split(".")[1] for file in Path(FOLDER).glob("Pulumi.*.yaml")}

    assert names == {"dev", "prod"}
    for name in names:
        assert stack_settings(name).workers.current.build_id


def test_production_pins_what_it_runs() -> None:
    prod = stack_settings("prod")
    images = [prod.temporal.image, prod.temporal.tools_image, prod.ui.image]
    images += [each.image for each in prod.workers.versions]
    images += [prod.ui.login.image] if prod.ui.login else []

    assert len(images) == 5
    assert all("@sha256:" in image for image in images)


@pytest.mark.parametrize(
    ("stack", "sections", "said"),
    [
        ("dev", {"gateway": "dev"}, "gateway: "),
        ("dev", {"temporal": {"shard": 4}}, "temporal.shard: "),
        (
            "dev",
            {"temporal": {"drainSeconds": 60}},
            "temporal.drainSeconds: the drain of 60 s leaves nothing of the grace period of 60 s; "
            "write at most 50, or 90 for gracePeriodSeconds",
        ),
        (
            "dev",
            {"temporal": {"toolsImage": "temporalio/admin-tools:1.30.1"}},
            "temporal.toolsImage: has the schema of 1.30.1, and the server is 1.31.2; write the tag '1.31.2'",
        ),
        (
            "dev",
            {"temporal": {"layout": {"kind": "together", "replicas": 2, "disruptionBudget": {"minAvailable": 2}}}},
            "temporal.layout.disruptionBudget.minAvailable: 2 of 2 pods must stay, so no node could ever be drained; "
            "write at most 1",
        ),
        (
            "dev",
            {"workers": workers(versions=[version(), version(image="omnify-workflows:2")])},
            "workers.versions[1].buildId: '1' is another version's already; write another",
        ),
        (
            "dev",
            {"workers": workers(shutdownSeconds=85)},
            "workers.gracePeriodSeconds: 90 s is too little after a graceful shutdown of 85 s, so activities would be "
            "lost; write at least 95",
        ),
        (
            "dev",
            {"workers": workers(secrets={"WORKFLOWS_BUILD_ID": {"name": "a", "key": "b"}})},
            "workers.secrets.WORKFLOWS_BUILD_ID: is decided by the other settings; remove it",
        ),
        (
            "prod",
            {"network": {"enforced": False}},
            "network.enforced: must be true with ui.login: policies keep other pods from the interface behind the "
            "login",
        ),
        (
            "prod",
            {"database": section("prod", "database", visibilityName="temporal")},
            "database.visibilityName: 'temporal' is the workflows' own database; write another",
        ),
        (
            "prod",
            {"database": section("prod", "database", host="10.0.0.5")},
            "database.host: '10.0.0.5' is an address, and certificates have names; write the name",
        ),
        (
            "prod",
            {"database": section("prod", "database", tls="off")},
            "database.authority: is asked by nobody with tls 'off'; remove it, or write tls: verify",
        ),
        (
            "prod",
            {"database": {"kind": "external", "host": "db", "credentialsSecret": "db", "tls": "off"}},
            "database.tls: 'off' would give the credentials to whoever answers in the database's place; write 'verify'",
        ),
        (
            "prod",
            {"database": {"kind": "bundled"}},
            "database.kind: 'bundled' is one pod without backups, so not for purpose 'production'; "
            "write 'external' with host and credentialsSecret",
        ),
        (
            "prod",
            {"temporal": section("prod", "temporal", layout={"kind": "together"})},
            "temporal.layout.kind: 'together' restarts every service at once, so not for purpose 'production'; "
            "write 'apart'",
        ),
        (
            "prod",
            {"temporal": section("prod", "temporal", image="temporalio/server:1.31.2")},
            "temporal.image: 'temporalio/server:1.31.2' may change; write 'temporalio/server:1.31.2@sha256:…'",
        ),
        (
            "prod",
            {"workers": workers("prod", versions=[version(image=f"a:1{DIGEST}"), version("2", "a:2")])},
            "workers.versions[1].image: 'a:2' may change; write 'a:2@sha256:…'",
        ),
        (
            "prod",
            {"api": {"pods": {"replicas": 1}}},
            "api.pods.replicas: 1 pod is none whenever its node goes, so not for purpose 'production'; "
            "write at least 2",
        ),
        ("dev", {"executions": {"searchAttributes": {"Client": "keyword"}}}, "executions.searchAttributes.Client: "),
        ("dev", {"executions": {"retentionDays": 0}}, "executions.retentionDays: must be at least 1, not 0"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_write(stack: str, sections: dict[str, JsonValue], said: str) -> None:
    assert f"  {said}" in refusal(stack, **sections)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    told = refusal(
        "prod",
        database={"kind": "bundled"},
        executions={"retentionDays": 0},
        ui={"image": "temporalio/ui:2.52.0"},
        workers=workers("prod", shutdownSeconds=600, versions=[version(), version()]),
    )

    for path in ("database.kind", "executions.retentionDays", "ui.image", "workers.gracePeriodSeconds"):
        assert f"  {path}: " in told
    assert "4 problems" in told


def test_a_stack_without_workers_and_gateway_is_told_what_to_name() -> None:
    with pytest.raises(InvalidSettingsError) as refused:
        read_settings({})

    assert {str(problem.location[0]) for problem in refused.value.problems} == {"gateway", "workers"}
