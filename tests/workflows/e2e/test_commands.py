"""The operators' commands on the real server."""

import asyncio
import json

import pytest
from omnify_workflows.cli.app import app
from typer.testing import CliRunner, Result

from tests.workflows.e2e.conftest import Stage
from tests.workflows.e2e.orders import onboarding, until


@pytest.fixture
def settings_of_temporal(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKFLOWS_TEMPORAL_ADDRESS", stage.settings.temporal_address)


async def run(*arguments: str, text: str | None = None) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, arguments, input=text)


@pytest.mark.usefixtures("settings_of_temporal")
async def test_an_onboarding_from_its_order_to_its_end(stage: Stage, name: str) -> None:
    order = onboarding(name).model_dump(mode="json", by_alias=True) | {"platforms": ["meta"]}
    started = await run("onboard", "-", text=json.dumps(order))
    assert (started.exit_code, started.output.strip()) == (0, f"onboarding-{name}")
    again = await run("onboard", "-", text=json.dumps(order))
    assert again.exit_code == 1
    assert "is under way already" in again.output
    await until(lambda: stage.state.effects[f"ask {name} for meta"])
    assert (await run("contact", name, "Grace Hopper", f"grace@{name}.example")).exit_code == 0
    shown = (await run("progress", f"onboarding-{name}")).output
    assert "running" in shown
    assert "tenant: done" in shown
    assert "Grace Hopper" in shown
    assert (await run("consent", name, "meta", "--code", "c")).exit_code == 0
    watched = await run("progress", f"onboarding-{name}", "--watch")
    assert "completed" in watched.output
    assert stage.state.clients[name].fields["contact"]["name"] == "Grace Hopper"

    async def listed() -> bool:
        found = json.loads((await run("list", "--client", name, "--json")).output)
        return {each["id"] for each in found} == {f"onboarding-{name}", f"synchronisation-{name}-meta"}

    await until(listed)
    assert "Onboarding" in (await run("list", "--client", name)).output


@pytest.mark.usefixtures("settings_of_temporal")
async def test_a_retraining_that_a_person_refuses(stage: Stage, name: str) -> None:
    stage.state.model(name).evaluation = {"score": 0.9, "current": 0.8, "changed": 0.4}
    stage.state.model(name).looks_needed = 1
    assert (await run("retrain", name)).exit_code == 0
    await until(lambda: stage.state.model(name).approvals)
    assert (await run("decide", name, "--by", "ada", "--refuse")).exit_code == 0
    assert "refuse" not in (await run("progress", f"retraining-{name}", "--watch")).output
    assert stage.state.effects[f"roll back {name}"] == 1


@pytest.mark.usefixtures("settings_of_temporal")
async def test_a_synchronisation_and_a_backfill(stage: Stage, name: str) -> None:
    assert (await run("synchronise", name, "meta")).exit_code == 0
    await run("progress", f"synchronisation-{name}-meta", "--watch")
    assert (await run("backfill", name, "meta", "2026-01-01", "2026-01-02")).exit_code == 0
    await run("progress", f"synchronisation-{name}-meta", "--watch")
    assert "2026-01-01-1" in stage.state.stored[f"{name}/meta"]


@pytest.mark.usefixtures("settings_of_temporal")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("progress", "onboarding-nobody"), "onboarding-nobody is not there, or has ended"),
        (("consent", "nobody", "meta"), "onboarding-nobody is not there, or has ended"),
        (("cancel", "onboarding-nobody"), "onboarding-nobody is not there, or has ended"),
        (("synchronise", "Not A Client", "meta"), "client: String should match"),
        (("backfill", "acme", "meta", "2026-01-02", "2026-01-01"), "since must be before until"),
        (("onboard", "nowhere.json"), "nowhere.json: No such file or directory"),
    ],
)
async def test_what_is_in_the_way_is_said(arguments: tuple[str, ...], said: str) -> None:
    result = await run(*arguments)
    assert result.exit_code == 1
    assert said in result.output


async def test_a_temporal_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKFLOWS_TEMPORAL_ADDRESS", "127.0.0.1:9")
    result = await run("list")
    assert result.exit_code == 1
    assert "Temporal at 127.0.0.1:9 does not answer" in result.output
