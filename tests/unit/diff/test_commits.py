"""`python -m gateway diff` and `touched`, in a repository with another commit."""

import json
from pathlib import Path

import pytest

from gateway.changes.report import Report
from tests.unit.diff.repositories import Repository

pytestmark = pytest.mark.xdist_group("diff")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return Repository.copied(tmp_path_factory.mktemp("repository"))


@pytest.fixture
def repository(first: Repository) -> Repository:
    """As the first commit has it."""
    first.git("checkout", "--quiet", "--force", "main")
    first.git("clean", "--quiet", "--force", "-d")
    return first


def test_what_the_files_at_hand_change_is_told_as_a_table(repository: Repository) -> None:
    repository.edit("Pulumi.yaml", "minute: 1000,", "minute: 500,")

    done = repository.gateway("diff", "--stack", "dev", "--against", "main")

    assert (done.returncode, done.stderr) == (2, "")
    assert "\x1b" not in done.stdout
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "free-tier: requests per minute 1,000 500" in lines
    assert lines[-1] == "~ dev: 3 changed"


def test_each_commit_reads_its_files_with_its_own_program(repository: Repository) -> None:
    """The code is what changes here, and no file that it reads."""
    repository.git("checkout", "--quiet", "-b", "code")
    repository.edit("entities/catalogue.py", "retries=api.retries,", "retries=api.retries + 1,")
    there = repository.commit("other code")
    repository.git("checkout", "--quiet", "main")

    done = repository.gateway("diff", "--stack", "dev", "--against", "code", "--json")

    report = Report.model_validate_json(done.stdout)
    assert report.against == there
    assert [
        (each.key, [(field.path, field.before, field.after) for field in each.fields]) for each in report.changes
    ] == [("omnify-api", [(("retries",), 3, 2)])]


PARTNER = """config:
  omnify-gateway:entities:
    services: [{ name: legacy, host: legacy.internal }]
    routes: [{ name: legacy-v1, service: legacy, paths: [/v1/] }]
    plugins: [{ name: key-auth, route: legacy-v1 }]
    consumers: [{ username: partner }]
    keyauth_credentials: [{ consumer: partner, key: "{secret://partner-key}" }]
"""


def test_a_stack_that_is_new_is_created_and_its_secrets_are_not_told(repository: Repository) -> None:
    dev = (repository.folder / "Pulumi.dev.yaml").read_text()
    (repository.folder / "Pulumi.stage.yaml").write_text(dev.replace("config:\n", PARTNER))
    saved = repository.folder.parent / "reports" / "stage.json"

    done = repository.gateway("diff", "--stack", "stage", "--against", "HEAD", "--save", str(saved))

    assert done.returncode == 0, "what is saved is no failure, whatever it says"
    report = Report.model_validate_json(saved.read_bytes())
    assert "is new" in report.note
    assert {each.action for each in report.changes} == {"create"}
    (key,) = (each for each in report.changes if each.kind == "keyauth_credential")
    assert [(field.path, field.after) for field in key.fields] == [(("key",), "[secret]")]


def test_one_that_is_removed_is_deleted_and_a_comment_says_how_to_finish_it(repository: Repository) -> None:
    (repository.folder / "Pulumi.dev.yaml").unlink()

    done = repository.gateway("diff", "--stack", "dev", "--against", "HEAD", "--markdown")

    assert done.returncode == 2
    assert "pulumi destroy" in done.stdout
    assert "deleted" in done.stdout


def test_one_that_neither_has_is_refused(repository: Repository) -> None:
    done = repository.gateway("diff", "--stack", "stage", "--against", "HEAD")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "✗ there is no stack 'stage', neither here nor in HEAD; there are: dev, prod\n"
    assert repository.git("worktree", "list").count("\n") == 1, "no worktree is left behind"


def test_a_commit_that_is_not_there_is_said_so(repository: Repository) -> None:
    done = repository.gateway("diff", "--stack", "dev", "--against", "--upload-pack=evil")

    assert done.returncode == 1
    assert done.stderr.startswith("✗ there is no commit '--upload-pack=evil' here; fetch it first")


def test_a_commit_that_cannot_be_rendered_is_said_so_and_left_in_the_report(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "-b", "broken")
    repository.edit("Pulumi.yaml", "minute: 1000,", "minute: 0,")
    repository.commit("broken")
    repository.git("checkout", "--quiet", "main")
    saved = repository.folder.parent / "saved.json"

    done = repository.gateway("diff", "--stack", "dev", "--against", "broken", "--save", str(saved))

    assert done.returncode == 1
    assert done.stderr.startswith("✗ stack 'dev' cannot be rendered as broken has it: `python -m gateway render")
    assert "limits.minute" in done.stderr
    assert "limits.minute" in Report.model_validate_json(saved.read_bytes()).failure


def test_the_stacks_that_differ_are_a_matrix(repository: Repository) -> None:
    (repository.folder / "Pulumi.dev.yaml").unlink()
    (repository.folder / "Pulumi.stage.yaml").write_text("config: {}\n")

    done = repository.gateway("touched", "--against", "HEAD")

    assert (done.returncode, json.loads(done.stdout)) == (0, ["dev", "stage"])


def test_outside_a_repository_nothing_can_be_told(repository: Repository, tmp_path: Path) -> None:
    moved = repository.folder / ".git"
    moved.rename(tmp_path / "git")
    try:
        done = repository.gateway("touched", "--against", "HEAD")
    finally:
        (tmp_path / "git").rename(moved)

    assert done.returncode == 1
    assert "there is no commit 'HEAD' here" in done.stderr
