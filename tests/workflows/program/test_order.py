"""In which order a stack comes up, and what makes a Job run again."""

from typing import Any

import pytest
from pydantic import JsonValue

from tests.program.resources import Resources, inputs, object_name
from tests.workflows.program.stack import document, record, resources, section

JOB, DEPLOYMENT, SERVICE = "kubernetes:batch/v1:Job", "kubernetes:apps/v1:Deployment", "kubernetes:core/v1:Service"


def job(made: Resources, name: str) -> Any:
    return made.one_named(JOB, name)


def deployments(made: Resources, start: str) -> list[Any]:
    return [each for each in made.of_type(DEPLOYMENT) if object_name(each).startswith(start)]


def job_names(made: Resources) -> dict[str, str]:
    return {each.name: object_name(each) for each in made.of_type(JOB)}


def command(made: Resources, name: str) -> list[str]:
    return inputs(job(made, name))["spec"]["template"]["spec"]["containers"][0]["command"]


def test_the_schema_is_there_before_any_server_and_a_failed_one_stops_the_update(made: Resources) -> None:
    schema = job(made, "temporal-schema")

    servers = [each for each in deployments(made, "temporal") if object_name(each) != "temporal-ui"]
    assert len(servers) in {1, 4}
    assert all(made.waits_for(server, schema) for server in servers)
    assert inputs(schema)["metadata"]["annotations"]["pulumi.com/replaceUnready"] == "true"
    assert inputs(schema)["spec"]["activeDeadlineSeconds"] == 900


def test_the_bundled_database_is_there_before_the_schema(dev: Resources) -> None:
    database = dev.one("kubernetes:apps/v1:StatefulSet", "postgres")

    assert dev.waits_for(job(dev, "temporal-schema"), database)


def test_workers_and_api_wait_for_the_namespace_and_it_for_the_frontend(made: Resources) -> None:
    namespace, frontend = job(made, "temporal-namespace"), made.one(SERVICE, "temporal-frontend")

    assert made.waits_for(namespace, frontend)
    for each in (*deployments(made, "workers"), *deployments(made, "workflows-api")):
        assert made.waits_for(each, namespace)


def test_temporals_own_workers_wait_for_the_frontend_that_they_call(prod: Resources) -> None:
    worker = prod.one(DEPLOYMENT, "temporal-worker")

    assert prod.waits_for(worker, prod.one(SERVICE, "temporal-frontend"))
    assert prod.waits_for(worker, prod.one(DEPLOYMENT, "temporal-history"))


def test_a_version_becomes_current_when_its_pods_run_and_what_goes_was_drained_before(made: Resources) -> None:
    promoted, drained = job(made, "workers-promotion"), job(made, "workers-drained")

    assert all(made.waits_for(promoted, each) for each in deployments(made, "workers"))
    assert made.waits_for(drained, promoted)


def test_the_gateway_lets_requests_through_when_somebody_answers(made: Resources) -> None:
    routes = made.of_type("kong:index/route:Route")
    api, drained = made.one(SERVICE, "workflows-api"), job(made, "workers-drained")

    assert routes
    for route in routes:
        assert made.waits_for(route, api)
        assert made.waits_for(route, drained)


def test_both_stores_get_their_schema_from_the_tools_image(dev: Resources, prod: Resources) -> None:
    script = command(dev, "temporal-schema")[-1].splitlines()
    folder = "/etc/temporal/schema/postgresql/v12"

    assert script == [
        "temporal-sql-tool --database temporal create-database --defaultdb postgres",
        "temporal-sql-tool --database temporal setup-schema -v 0.0",
        f"temporal-sql-tool --database temporal update-schema --schema-dir {folder}/temporal/versioned",
        "temporal-sql-tool --database temporal_visibility create-database --defaultdb postgres",
        "temporal-sql-tool --database temporal_visibility setup-schema -v 0.0",
        f"temporal-sql-tool --database temporal_visibility update-schema --schema-dir {folder}/visibility/versioned",
    ]
    # Somebody else makes the databases of an external one.
    assert [line for line in command(prod, "temporal-schema")[-1].splitlines() if "create-database" in line] == []


def version(build_id: str) -> dict[str, JsonValue]:
    return {"buildId": build_id, "image": f"omnify-workflows:{build_id}"}


@pytest.mark.parametrize(
    ("sections", "again"),
    [
        (
            {"temporal": {"image": "temporalio/server:1.31.3", "toolsImage": "temporalio/admin-tools:1.31.3"}},
            {"temporal-schema"},
        ),
        ({"executions": {"retentionDays": 7}}, {"temporal-namespace"}),
        (
            {"workers": section("dev", "workers", versions=[version("dev"), version("next")])},
            {"temporal-namespace", "workers-promotion", "workers-drained"},
        ),
        ({"ui": {"replicas": 2}}, set[str]()),
    ],
    ids=["another server", "another retention", "another version", "something else"],
)
def test_a_job_runs_again_when_what_it_does_changes(
    sections: dict[str, JsonValue], again: set[str], dev: Resources
) -> None:
    before, after = job_names(dev), job_names(resources("dev", **sections))

    assert {name for name in before if before[name] != after[name]} == again


def test_what_it_is_called_is_the_same_in_a_preview(stack: str) -> None:
    up, preview = (Resources(record(document(stack), stack, preview=each).registrations) for each in (False, True))

    assert job_names(up) == job_names(preview)
