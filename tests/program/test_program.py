"""The whole program, as the engine runs it: what it registers, exports and refuses."""

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest
import yaml
from pydantic import JsonValue

from components.exports import gateway_outputs
from components.outputs import GatewayOutputs
from entities.declarative import declarative_document, declarative_yaml
from entities.validation import validated
from gateway import recording
from tests.program.conftest import CASES, KEPT_PASSWORD, KONG_PROVIDER, Case, Run, run_of, run_program
from tests.program.resources import Resources, inputs, resources_of
from tests.program.stacks import section, stack_document

KUBERNETES_PROVIDER = "pulumi:providers:kubernetes"


def test_every_resource_has_a_provider_that_the_program_made(run: Run) -> None:
    """Default providers are off, so one without would fail in the engine."""
    providers = {each.urn: each.type for each in run.recording.registrations if each.type.startswith("pulumi:")}
    custom = [each for each in run.recording.registrations if each.custom and each.urn not in providers]

    assert {each.type.partition(":")[0]: providers[each.provider] for each in custom} == (
        {"kubernetes": KUBERNETES_PROVIDER} | ({"kong": KONG_PROVIDER} if run.case.mode == "database" else {})
    )


def test_no_two_resources_have_the_same_urn_and_each_has_a_parent(run: Run) -> None:
    urns = [each.urn for each in run.recording.registrations]

    assert len(set(urns)) == len(urns)
    assert all(each.parent for each in run.recording.registrations)


def test_the_cluster_is_the_one_that_the_stack_names(run: Run) -> None:
    provider = run.resources.one(KUBERNETES_PROVIDER)

    assert inputs(provider) == {"context": run.case.settings.cluster.context}


def test_what_recovery_switches_on_for_one_run_is_not_kept_in_the_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_K8S_UPSERT_EXISTING_OBJECTS", "true")
    provider = run_of(Case("dev", "database", "jwt"), preview=False).resources.one(KUBERNETES_PROVIDER)

    assert "upsertExistingObjects" not in inputs(provider)


def test_without_a_database_kong_reads_its_entities_from_a_config_map(dbless_run: Run) -> None:
    config_map = dbless_run.resources.one("kubernetes:core/v1:ConfigMap")

    assert dbless_run.tracked == []
    assert dbless_run.resources.of_type(KONG_PROVIDER) == []
    assert dbless_run.resources.of_type("omnify:tracked:KongEntities") == []
    assert inputs(config_map)["data"] == {"kong.yml": declarative_yaml(dbless_run.case.state)}
    assert yaml.safe_load(inputs(config_map)["data"]["kong.yml"]) == declarative_document(dbless_run.case.state)


def test_with_a_database_no_kong_yml_is_mounted(database_run: Run) -> None:
    assert database_run.resources.of_type("kubernetes:core/v1:ConfigMap") == []


def test_the_one_output_is_the_typed_contract_and_is_known_in_a_preview(run: Run) -> None:
    assert run.recording.outputs.keys() == {"gateway"}
    exported = json.dumps(run.recording.outputs["gateway"])
    assert GatewayOutputs.model_validate_json(exported) == gateway_outputs(run.case.settings, run.case.state.owner)


def test_the_outputs_carry_no_secret_and_no_reference_to_one(run: Run) -> None:
    text = str(run.recording.outputs)

    assert KEPT_PASSWORD not in text
    assert "vault://" not in text
    assert "assword" not in text


def test_the_databases_password_is_nowhere_but_in_its_secret() -> None:
    applied = run_of(Case("dev", "database", "jwt"), preview=False)

    marked = {each.type: each.properties.secrets for each in applied.recording.registrations if each.properties.secrets}
    assert marked == {"kubernetes:core/v1:Secret": {"data"}}
    assert not any(KEPT_PASSWORD in str(each.properties.values) for each in applied.recording.registrations)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_two_runs_register_the_same_in_the_same_order(case: Case) -> None:
    first = run_of(case, preview=False).recording

    assert run_program(case.document, case.stack, preview=False) == first


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_preview_registers_what_an_update_does(case: Case) -> None:
    """But for the password, which only an update asks the cluster for."""
    previewed, applied = (
        {each.urn: each.properties for each in run_of(case, preview=preview).recording.registrations}
        for preview in (True, False)
    )

    differing = {urn.rpartition("::")[2] for urn in previewed if previewed[urn] != applied.get(urn)}
    assert previewed.keys() == applied.keys()
    assert differing == ({"kong-database"} if (case.stack, case.mode) == ("dev", "database") else set())


def test_each_component_registers_its_outputs_once(monkeypatch: pytest.MonkeyPatch) -> None:
    registered: list[tuple[str, dict[str, Any]]] = []

    def register_outputs(self: pulumi.ComponentResource, outputs: Mapping[str, Any]) -> None:
        registered.append((self.pulumi_resource_type, dict(outputs)))

    monkeypatch.setattr(pulumi.ComponentResource, "register_outputs", register_outputs)
    prod = run_program(stack_document("prod"), "prod", preview=True)
    dev = run_program(stack_document("dev"), "dev", preview=True)

    components = [each.type for run in (prod, dev) for each in run.registrations if each.type.startswith("omnify:")]
    ours = [(type_, outputs) for type_, outputs in registered if type_.startswith("omnify:")]
    assert sorted(type_ for type_, _ in ours) == sorted(components)
    assert [type_ for type_, outputs in ours if not outputs] == []


WRONG: dict[str, JsonValue] = {
    "platfrom": {},
    "platform": section("dev", "platform", replicas=2),
    "limits": {"minute": 10, "hour": 5, "day": 100},
    "plugins": [{"name": "bot-detection", "config": {"alow": ["x"]}}],
}


@pytest.mark.parametrize("mode", ["database", "dbless"])
@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
async def test_wrong_settings_register_nothing_and_are_all_named(mode: str, preview: bool) -> None:
    document = stack_document("dev", mode=mode, **WRONG)
    refusals: list[pulumi.RunError] = []

    def program() -> None:
        with pytest.raises(pulumi.RunError) as refusal:
            recording.run_program(document)
        refusals.append(refusal.value)

    resources = await resources_of(program, preview=preview)

    assert resources.registrations == ()
    lines = str(refusals[0]).splitlines()
    assert lines[0] == "4 problems in the stack's settings:"
    assert [line.split(": ")[0].strip() for line in lines[1:]] == [
        "counters.policy",
        "limits.hour",
        "platfrom",
        "plugins[0].config.alow",
    ]


async def test_the_program_says_what_validate_says() -> None:
    document = stack_document("dev", **WRONG)

    def program() -> None:
        with pytest.raises(pulumi.RunError) as refusal:
            recording.run_program(document)
        with pytest.raises(Exception, match="4 problems") as validation:
            validated(document)
        assert str(refusal.value) == str(validation.value)

    await resources_of(program)


def test_a_section_that_is_null_is_off_for_the_program_as_for_validate() -> None:
    document = stack_document("dev", cors=None)

    registrations = run_program(document, "dev", preview=True).registrations

    assert validated(document).cors is None
    assert "global/cors" not in {each.name for each in registrations}


async def test_a_run_exports_nothing_of_the_run_before() -> None:
    first = await recording.recorded(lambda: pulumi.export("one", pulumi.Output.from_input(1)), "test")
    second = await recording.recorded(lambda: pulumi.export("two", 2), "test")

    assert (first.outputs, second.outputs) == ({"one": 1}, {"two": 2})


async def test_a_program_that_fails_leaves_nothing_for_the_next_run() -> None:
    def failing() -> None:
        recording.run_program(stack_document("dev"))
        raise LookupError("on purpose")

    with pytest.raises(LookupError, match="on purpose"):
        await resources_of(failing, preview=True)

    assert (await resources_of(lambda: None)).registrations == ()


def test_plugins_of_the_image_are_taken_as_the_stack_file_has_them() -> None:
    words: JsonValue = {"words": ["hello"]}
    document = stack_document(
        "dev",
        platform=section("dev", "platform", customPlugins=["greeter"]),
        plugins=[{"name": "greeter", "config": words, "on": {"route": "omnify-health"}}],
        entities={"plugins": [{"name": "greeter", "route": "omnify-auth", "config": words}]},
    )
    made = Resources(run_program(document, "dev", preview=True).registrations)

    assert inputs(made.one(KONG_PROVIDER))["customPlugins"] == '["greeter"]'
    greeters = [inputs(each) for each in made.of_type("kong:index/plugin:Plugin") if inputs(each)["name"] == "greeter"]
    assert [json.loads(each["configJson"]) for each in greeters] == [words, words]


def test_a_provider_is_told_of_no_other_plugins_than_those() -> None:
    assert "customPlugins" not in inputs(
        run_of(Case("dev", "database", "jwt"), preview=True).resources.one(KONG_PROVIDER)
    )
