"""The loopback whole: seeded by the Job's own script, and then the way by which a stack is applied and by nothing else.

Before the stand-in's proxy stands what ends TLS; the provider knows its host, a key and the authority.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from pydantic import JsonValue

from entities.administration import seed
from entities.administration.entrances import PREFIX
from entities.validation import validated
from gateway.recording import Recording, Registration
from provider.values import encode
from sandbox.cluster.kubeconfig import Cluster
from sandbox.engine import engine
from sandbox.engine.steps import Action, EngineError, Step
from sandbox.kong.gateway import Options, Ports
from sandbox.rehearsal.seeding import SeedingError, play_seeding
from tests.authority import Authority
from tests.program.stacks import section, stack_document
from tests.provider.program import Document, program
from tests.standin import RunningStandin, running_standin
from tests.tls_front import TlsFront, tls_front
from tests.unit.entities.states import OWNER

OLD, NEW = "o" * 32, "n" * 32
PASSWORD = "p" * 16
_NOWHERE = Cluster(Path(), "nowhere", None)


def stack(*, programs: Sequence[str] = ("old",), **changed: JsonValue) -> Document:
    """The stack dev with a loopback for some programs, on this machine's name."""
    admin: JsonValue = {
        "access": "loopback",
        "allowed": ["203.0.113.0/24"],
        "programs": {name: {"name": "kong-admin-keys", "key": name} for name in programs},
        "people": {"alice": {"name": "kong-people", "key": "alice"}},
    }
    tls: JsonValue = {"by": "secret", "secretName": "kong-tls"}
    ingress: JsonValue = section("dev", "ingress", managerHost="localhost", managerAuth=None, tls=tls)
    network: JsonValue = {"trustedProxies": ["127.0.0.1/32"]}
    return stack_document("dev", admin=admin, ingress=ingress, network=network, **changed)


@dataclass
class Outside:
    """A machine outside the cluster: it has the manager's host and a key."""

    kong: RunningStandin
    front: TlsFront
    authority: Authority
    folder: Path

    @property
    def url(self) -> str:
        return f"https://localhost:{self.front.port}"

    def seeded(self, document: Document) -> None:
        """What the Job does before Kong's pods are replaced."""
        found = seed(validated(document), OWNER)
        assert found is not None
        values = {"PROGRAM_OLD": OLD, "PROGRAM_NEW": NEW, "PERSON_ALICE": PASSWORD}
        play_seeding(found, self.kong.admin_url, values)

    async def up(self, document: Document) -> list[Step]:
        """Apply the stack's entities through the loopback; what was not as declared."""
        registrations = (_provider(f"{self.url}/automation"), *(await program(document)).values())
        steps: list[Step] = []
        state = self.folder / "state.json"
        await engine.apply(Recording(registrations, {}), _NOWHERE, state, steps.append, lambda _: None)
        return [step for step in steps if step.action is not Action.SAME]

    async def asked(self, path: str, **arguments: object) -> httpx.Response:
        """An answer to somebody who trusts the authority."""
        trusting = ssl.create_default_context(cafile=self.authority.file)
        async with httpx.AsyncClient(base_url=self.url, verify=trusting, trust_env=False) as client:
            return await client.request("GET", path, **arguments)  # pyright: ignore[reportArgumentType] - passed on

    def services(self) -> set[str]:
        return {each["name"] for each in self.kong.store.all("services")}


def _provider(address: str) -> Registration:
    return Registration(
        urn="urn:pulumi:dev::omnify-gateway::pulumi:providers:kong::kong",
        type="pulumi:providers:kong",
        name="kong",
        custom=True,
        parent="",
        provider="",
        dependencies=(),
        wire=encode({"kongAdminUri": address}),
        ignore_changes=(),
        deleted_with="",
    )


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    authority = Authority(tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        admin = free.getsockname()[1]
    options = Options(
        ports=Ports(admin=admin),
        connect_to={("127.0.0.1", 8001): ("127.0.0.1", admin)},
        properties={"trusted_ips": "127.0.0.1/32", "real_ip_header": "X-Forwarded-For", "real_ip_recursive": "on"},
    )
    monkeypatch.setenv("KONG_API_KEY", OLD)
    monkeypatch.setenv("KONG_ADMIN_CA", str(authority.file))
    with running_standin(options) as kong, tls_front(kong.proxy_url, *authority.signed("localhost")) as front:
        yield Outside(kong, front, authority, tmp_path)


@pytest.fixture
def seeded(outside: Outside) -> Outside:
    outside.seeded(stack())
    return outside


@pytest.mark.parametrize("rotation", ["simple", "seamless"])
async def test_a_stack_is_applied_through_the_loopback_over_tls_with_the_key(rotation: str, seeded: Outside) -> None:
    """Whatever the stack has for every request: what guards its routes does not ask on the way to the Admin API."""
    document = stack(auth=section("dev", "auth", rotation=rotation))
    assert await seeded.up(document) != []

    assert "omnify-api" in seeded.services()
    assert await seeded.up(document) == []


async def test_only_the_key_from_an_allowed_address_by_https_gets_through(seeded: Outside) -> None:
    key = {"apikey": OLD}
    assert (await seeded.asked("/automation/services", headers=key)).status_code == 200
    assert (await seeded.asked("/automation/services")).status_code == 401
    assert (await seeded.asked("/automation/services", headers={"apikey": NEW})).status_code == 401
    assert (await seeded.asked("/automation/services", params=key)).status_code == 401
    assert (await seeded.asked("/admin-api/services", headers=key)).status_code == 401

    seeded.front.client = "198.51.100.1"
    assert (await seeded.asked("/automation/services", headers=key)).status_code == 403
    seeded.front.client, seeded.front.scheme = "203.0.113.9", "http"
    assert (await seeded.asked("/automation/services", headers=key)).status_code == 426


async def test_who_says_that_they_are_somewhere_else_is_not_believed(seeded: Outside) -> None:
    """Of the addresses in X-Forwarded-For only the last is what the controller saw."""
    seeded.front.client = "203.0.113.9, 198.51.100.1"
    assert (await seeded.asked("/automation/services", headers={"apikey": OLD})).status_code == 403


async def test_people_come_by_their_password_and_not_from_other_sites(seeded: Outside) -> None:
    alice = httpx.BasicAuth("alice", PASSWORD)
    assert (await seeded.asked("/admin-api/services", auth=alice)).status_code == 200
    refused = await seeded.asked("/admin-api/services")
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, 'Basic realm="Kong Manager"')
    assert (await seeded.asked("/")).status_code == 401
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert (await seeded.asked("/admin-api/services", auth=alice, headers=elsewhere)).status_code == 403


async def test_the_seed_is_the_same_however_often_and_leaves_the_stacks_entities_alone(seeded: Outside) -> None:
    await seeded.up(stack())
    before = {kind: seeded.kong.store.all(kind) for kind in ("services", "routes", "plugins", "consumers")}

    seeded.seeded(stack())

    after = {kind: seeded.kong.store.all(kind) for kind in before}
    assert _untimed(after) == _untimed(before)


async def test_an_update_that_removes_everything_leaves_the_loopback(seeded: Outside) -> None:
    await seeded.up(stack())
    empty = stack(apis=[], backends={}, tiers=[], auth={"kind": "none"}, cors=None, lint={"accept": []})

    await seeded.up(empty)

    assert seeded.services() == {f"{PREFIX}{name}" for name in ("programs", "people", "manager")}
    assert await seeded.up(stack()) != []


async def test_a_key_is_replaced_without_a_moment_in_which_none_opens(
    seeded: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    await seeded.up(stack())
    lost: list[int] = []
    done = asyncio.Event()

    async def always_in_use() -> None:
        """The key that is in use is the one that the program has at that moment."""
        while not done.is_set():
            lost.append((await seeded.asked("/automation/services", headers={"apikey": current[0]})).status_code)
            await asyncio.sleep(0.02)

    current = [OLD]
    asking = asyncio.create_task(always_in_use())
    both, one = stack(programs=("old", "new")), stack(programs=("new",))
    await asyncio.to_thread(seeded.seeded, both)
    assert await seeded.up(both) == []
    current[0] = NEW
    monkeypatch.setenv("KONG_API_KEY", NEW)
    await asyncio.to_thread(seeded.seeded, one)
    assert await seeded.up(one) == []
    done.set()
    await asking

    assert set(lost) == {200}
    assert (await seeded.asked("/automation/services", headers={"apikey": OLD})).status_code == 403


async def test_without_a_loopback_nothing_is_taken_for_an_empty_kong(
    outside: Outside, soon: Callable[[], None]
) -> None:
    """A proxy without the route answers 404 to everything. A refresh that believed it would forget every entity."""
    soon()
    with pytest.raises(EngineError, match=r"did not answer .*404, and that is not the Admin API's answer"):
        await outside.up(stack())


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Who waits for an Admin API does so for a moment only."""
    from sandbox.engine import kong  # noqa: PLC0415 - the one constant of it

    def impatient() -> None:
        monkeypatch.setattr(kong, "_PATIENCE", kong.Patience(coming_up=0.5, request=2))

    return impatient


def test_the_job_fails_where_a_key_is_weak_or_taken(outside: Outside) -> None:
    found = seed(validated(stack()), OWNER)
    assert found is not None
    with pytest.raises(SeedingError, match="has fewer than 32 characters"):
        play_seeding(found, outside.kong.admin_url, {"PROGRAM_OLD": "short", "PERSON_ALICE": PASSWORD})
    assert outside.services() == set()


def _untimed(entities: dict[str, list[dict[str, object]]]) -> object:
    return {
        kind: [{name: value for name, value in each.items() if not name.endswith("_at")} for each in documents]
        for kind, documents in entities.items()
    }
