"""The rotation of a real Keycloak's key in front of a gateway with the seamless scheme, by the documented steps."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import yaml
from typer.testing import CliRunner

from config.files import NAMESPACE
from config.stack import StackSettings
from entities.desired import desired_state
from entities.model import Entity
from entities.state import DesiredState, Owner
from gateway import keys
from gateway.commands import app
from tests.e2e.deployment import Deployment, deployed, dev_settings, put_entity
from tests.e2e.identity.keycloak import REALM_FILE, Keycloak
from tests.e2e.identity.realm import Realm

pytestmark = pytest.mark.xdist_group("keycloak")

FILE = "keys/test.jwks.json"


@pytest.fixture(scope="module")
def changing(keycloak: Keycloak) -> Realm:
    """OmniFy's realm under another name, whose keys may change."""
    text = REALM_FILE.read_text("utf-8")
    return keycloak.create({**json.loads(text.replace("/realms/omnify/", "/realms/changing/")), "realm": "changing"})


class Stack:
    """A folder with a stack that keeps the realm's keys, and the gateway to which it is deployed."""

    def __init__(self, folder: Path, realm: Realm) -> None:
        auth = {"kind": "jwt", "issuer": realm.issuer, "audience": "omnify-api", "jwksFile": FILE}
        self.auth = auth | {"rotation": "seamless"}
        (folder / "Pulumi.yaml").write_text("name: omnify-gateway\n")
        (folder / "Pulumi.test.yaml").write_text(yaml.safe_dump({"config": {"omnify-gateway:auth": self.auth}}))

    def keys(self) -> str:
        """Run `gateway keys`; what it says."""
        result = CliRunner().invoke(app, ["keys", "--stack", "test"])
        assert result.exit_code == 0, result.output
        return result.stdout

    def settings(self) -> StackSettings:
        return dev_settings(auth=self.auth)

    def state(self) -> DesiredState:
        """What Kong should hold with the file as it is now."""
        return desired_state(self.settings(), Owner(NAMESPACE, "dev"))


@pytest.fixture
def stack(tmp_path: Path, changing: Realm, monkeypatch: pytest.MonkeyPatch) -> Stack:
    monkeypatch.setattr(keys, "PROJECT", tmp_path)
    monkeypatch.setattr("config.auth.PROJECT", tmp_path)
    made = Stack(tmp_path, changing)
    made.keys()
    return made


@pytest.fixture
async def dev(stack: Stack) -> AsyncIterator[Deployment]:
    async with deployed(stack.settings()) as deployment:
        yield deployment


async def status(dev: Deployment, token: str) -> int:
    headers = {"Host": dev.target.host, "Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=dev.target.url) as client:
        return (await client.get("/api/", headers=headers)).status_code


async def deploy(dev: Deployment, old: DesiredState, new: DesiredState, valid: list[str]) -> int:
    """Write what differs, one entity after the other, with valid tokens sent after each; how many there were."""
    known, wanted = _documents(old), _documents(new)
    writes = [entity for entity in new if known.get(new.id(entity)) != wanted[new.id(entity)]]
    gone = [entity for entity in old if old.id(entity) not in wanted]
    for entity in writes:
        await put_entity(new, entity, dev.admin)
        assert [await status(dev, token) for token in valid] == [200] * len(valid), entity.key
    for entity in gone:
        await _delete(dev, old, entity)
        assert [await status(dev, token) for token in valid] == [200] * len(valid), entity.key
    return len(writes) + len(gone)


def _documents(state: DesiredState) -> dict[str, object]:
    return {state.id(entity): state.document(entity) for entity in state}


async def _delete(dev: Deployment, state: DesiredState, entity: Entity) -> None:
    assert entity.kind == "jwt_secrets"
    consumer = state.document(entity)["consumer"]["id"]
    (await dev.admin.delete(f"/consumers/{consumer}/jwt/{state.id(entity)}")).raise_for_status()


async def test_no_valid_token_is_refused_while_the_realm_changes_its_key(
    dev: Deployment, stack: Stack, changing: Realm
) -> None:
    person = changing.user("pro")
    old, first = changing.signing_kid(), stack.state()
    tokens = [changing.login(person).access]
    assert await status(dev, tokens[0]) == 200

    component = changing.add_key(priority=50)
    assert changing.signing_kid() == old
    told = stack.keys()
    both = stack.state()
    (new,) = {credential.key for credential in both.jwt_secrets} - {old}
    assert f"  + {new} is new\n  = {old} stays\n" in told
    assert f"! deploy this before the realm signs with {new}: until then, its tokens are refused\n" in told
    assert await deploy(dev, first, both, tokens) == 4

    changing.prioritise(component, 200)
    assert changing.signing_kid() == new
    tokens.append(changing.login(person).access)
    assert [await status(dev, token) for token in tokens] == [200, 200]
    assert stack.keys() == f"✓ {FILE} has what the realm publishes; nothing changed\n"

    changing.remove_key(old)
    told = stack.keys()
    last = stack.state()
    assert f"  - {old} is no longer published\n  = {new} stays\n" in told
    assert f"! deploy this when the last token that {old} signed has expired: from then on, they are refused\n" in told
    assert [await status(dev, token) for token in tokens] == [200, 200]
    assert await deploy(dev, both, last, tokens[1:]) == 4
    assert [await status(dev, token) for token in tokens] == [401, 200]


async def test_with_the_simple_scheme_the_same_change_refuses_tokens(stack: Stack, changing: Realm) -> None:
    """What the seamless scheme is for."""
    simple = stack.auth | {"rotation": "simple", "keyId": changing.signing_kid()}
    async with deployed(dev_settings(auth=simple)) as dev:
        person = changing.user("pro")
        assert await status(dev, changing.login(person).access) == 200
        changing.add_key(priority=300)
        assert await status(dev, changing.login(person).access) == 401
