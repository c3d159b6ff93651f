"""`python -m gateway keys` against a real Keycloak whose keys are rotated."""

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from config.keys import signing_keys
from gateway import keys
from gateway.commands import app
from tests.e2e.identity.keycloak import Keycloak
from tests.e2e.identity.realm import Realm

pytestmark = pytest.mark.xdist_group("keycloak")

FILE = "keys/test.jwks.json"
LISTED_FIRST = "is listed first, as Keycloak does with the key that signs"


@pytest.fixture(scope="module")
def rotating(keycloak: Keycloak) -> Realm:
    """A realm of its own: other tests rely on their keys."""
    return keycloak.create({"realm": "rotating", "enabled": True})


class Project:
    """A folder with a stack `test` that keeps the realm's keys."""

    def __init__(self, folder: Path, realm: Realm) -> None:
        self._folder = folder
        self._issuer = realm.issuer
        (folder / "Pulumi.yaml").write_text("name: omnify-gateway\n")
        self.choose(None)

    def choose(self, key_id: str | None) -> None:
        """Write `auth.keyId`, or none."""
        auth = {"kind": "jwt", "issuer": self._issuer, "jwksFile": FILE} | ({"keyId": key_id} if key_id else {})
        (self._folder / "Pulumi.test.yaml").write_text(yaml.safe_dump({"config": {"omnify-gateway:auth": auth}}))

    def kids(self) -> set[str]:
        return set(signing_keys((self._folder / FILE).read_text()))

    def keys(self, *options: str) -> Result:
        return CliRunner().invoke(app, ["keys", "--stack", "test", *options])


@pytest.fixture
def project(tmp_path: Path, rotating: Realm, monkeypatch: pytest.MonkeyPatch) -> Project:
    """With the keys of now."""
    monkeypatch.setattr(keys, "PROJECT", tmp_path)
    made = Project(tmp_path, rotating)
    assert made.keys().exit_code == 0
    return made


def test_the_file_holds_the_key_that_signs_and_not_the_one_that_encrypts(project: Project, rotating: Realm) -> None:
    assert project.kids() == {rotating.signing_kid()}
    assert project.keys("--check").stdout == f"✓ {FILE} has what the realm publishes; nothing changed\n"


@pytest.mark.operates("The realm's signing keys")
def test_a_rotation_is_followed_step_by_step(project: Project, rotating: Realm) -> None:
    old = rotating.signing_kid()
    project.choose(old)

    rotating.add_key(priority=50)
    assert rotating.signing_kid() == old
    published = project.keys()
    (waiting,) = project.kids() - {old}
    assert f"  + {waiting} is new\n  = {old} stays\n✓ wrote" in published.stdout

    rotating.add_key(priority=200)
    new = rotating.signing_kid()
    assert project.keys("--check").exit_code == 2
    promoted = project.keys()
    assert f"  + {new} is new\n" in promoted.stdout
    assert f"! auth.keyId is {old}, but {new} {LISTED_FIRST}; if it does, write auth.keyId: {new}" in promoted.stdout
    project.choose(new)
    assert "!" not in project.keys().stdout

    rotating.remove_key(waiting)
    rotating.remove_key(old)
    ended = project.keys()
    assert all(f"  - {kid} is no longer published\n" in ended.stdout for kid in (old, waiting))
    assert f"  = {new} stays\n✓ wrote" in ended.stdout
    assert project.kids() == {new}


def test_a_key_that_is_replaced_at_once_is_told_with_what_it_means(project: Project, rotating: Realm) -> None:
    old = rotating.signing_kid()
    rotating.add_key(priority=300)
    new = rotating.signing_kid()
    both = project.keys("--check")
    assert f"write auth.keyId with the one that signs: {', '.join(sorted((old, new)))} ({new} {LISTED_FIRST})" in (
        both.stdout
    )
    rotating.remove_key(old)
    replaced = project.keys()
    assert (
        f"! until this is deployed, tokens that {new} signed are refused; afterwards those of {old} are"
        in replaced.stdout
    )
