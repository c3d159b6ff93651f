"""A stack with everything that a stack file can say, and much of it changed: clean previews, one update each way."""

import pytest

from tests.e2e.engine.live import Admin
from tests.e2e.engine.project import Project
from tests.provider.program import SECRETS, Document, desired, live
from tests.provider.stack_file import changed_stack_file, every_plugin_file, stack_file
from tests.standin import RunningStandin

pytestmark = pytest.mark.xdist_group("engine-changes")


def sections(file: Document) -> Document:
    """What a stack file says of Kong's entities."""
    return {key: file[key] for key in ("apis", "backends", "entities", "limits", "plugins", "tiers")}


@pytest.fixture(scope="module")
def project(project: Project) -> Project:
    """A stack with every plugin of Kong and entities of every kind."""
    project.secrets = SECRETS | {name: f"a-secret-{name}" for name in ("jwt", "key", "basic", "oauth2")}
    project.says(**sections(every_plugin_file()))
    return project


async def is_clean(project: Project, kong: RunningStandin) -> None:
    assert await live(Admin(kong.admin_url)) == desired(project.document)
    assert project.preview().keys() == {"same"}
    assert project.preview("--refresh").keys() == {"same"}


async def test_every_plugin_and_every_kind_of_entity_previews_clean_once_applied(
    project: Project, kong: RunningStandin
) -> None:
    project.up()

    await is_clean(project, kong)


async def test_further_plugins_make_way_for_others(project: Project, kong: RunningStandin) -> None:
    project.says(**sections(stack_file()))

    project.up()

    assert await live(Admin(kong.admin_url)) == desired(project.document)


async def test_names_places_owners_and_lists_change_in_one_update(project: Project, kong: RunningStandin) -> None:
    project.says(**sections(changed_stack_file()))

    project.up()

    await is_clean(project, kong)


async def test_and_change_back_in_one_update(project: Project, kong: RunningStandin) -> None:
    project.says(**sections(stack_file()))

    project.up()

    await is_clean(project, kong)


def test_no_secret_is_in_the_state_or_on_the_screen(project: Project) -> None:
    seen = project.state() + project.shown("--diff", "--refresh")

    assert not [secret for secret in project.secrets.values() if secret.splitlines()[-2:][0] in seen]


async def test_all_of_it_goes(project: Project, kong: RunningStandin) -> None:
    project.destroy()

    assert await live(Admin(kong.admin_url)) == []
