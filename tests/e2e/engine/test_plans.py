"""A preview is told, saved as a plan, and kept to: by the real engine."""

from pathlib import Path

import pytest
from pydantic import JsonValue

from gateway.changes import phrases
from gateway.changes.preview import previewed
from gateway.deployment.engine import without_values
from tests.e2e.engine.live import Admin
from tests.e2e.engine.project import Project
from tests.provider.program import desired, live
from tests.standin import RunningStandin

pytestmark = pytest.mark.xdist_group("engine-plans")

SECRET = "5f1c-the-partners-key-77aa"
PARTNER: JsonValue = {
    "services": [{"name": "legacy", "host": "legacy.internal"}],
    "routes": [{"name": "legacy-v1", "service": "legacy", "paths": ["/v1/"]}],
    "plugins": [{"name": "key-auth", "route": "legacy-v1"}],
    "consumers": [{"username": "partner"}],
    "keyauth_credentials": [{"consumer": "partner", "key": "{secret://partner}"}],
}


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return tmp_path / "plan.json"


def planned(project: Project, plan: Path) -> None:
    code, said = project.run("preview", "--save-plan", str(plan))
    assert code == 0, said
    assert SECRET not in said + plan.read_text()


def deployed(project: Project, plan: Path) -> tuple[int, str]:
    return project.run("up", "--yes", "--skip-preview", "--plan", str(plan))


async def test_a_new_stack_is_made_as_planned_with_the_password_that_nobody_knew(
    project: Project, kong: RunningStandin, plan: Path
) -> None:
    project.secrets = {"partner": SECRET}
    project.says(entities=PARTNER)
    planned(project, plan)

    code, said = deployed(project, plan)

    assert code == 0, said
    assert await live(Admin(kong.admin_url)) == desired(project.document)


def test_a_preview_is_told_in_the_terms_of_a_comparison(project: Project) -> None:
    project.says(limits={"minute": 500, "hour": 60_000, "day": 1_440_000})
    code, said = project.run("preview", "--json", "--show-sames")
    assert code == 0, said

    report = previewed("dev", said[said.index("{") :])

    assert phrases.counts(report) == "3 changed"
    assert [(phrases.whose(each), *phrases.limit(each)) for each in report.limits] == [
        ("enterprise-tier", "20,000", "10,000"),
        ("free-tier", "1,000", "500"),
        ("pro-tier", "5,000", "2,500"),
    ]
    assert SECRET not in report.model_dump_json()


def test_what_was_not_planned_is_not_done_and_no_value_is_shown(project: Project, plan: Path) -> None:
    planned(project, plan)
    project.says(limits={"minute": 501, "hour": 60_000, "day": 1_440_000})

    code, said = deployed(project, plan)

    assert code != 0
    assert "violates plan" in said
    shown = "\n".join(without_values(said.splitlines()))
    assert "(values not shown)" in shown
    assert '"minute":501' not in shown


async def test_what_was_planned_is(project: Project, kong: RunningStandin, plan: Path) -> None:
    planned(project, plan)

    code, said = deployed(project, plan)

    assert code == 0, said
    assert await live(Admin(kong.admin_url)) == desired(project.document)
    assert project.preview().keys() == {"same"}
