"""Something goes wrong while the real engine works, or behind its back: one command makes it right."""

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack

import pytest

from components.platform.names import GATEWAY_LABELS
from sandbox.cluster.objects import Objects
from sandbox.kong.faults import Fault
from sandbox.kong.gateway import Options, Ports
from tests.cluster.manifests import manifest
from tests.e2e.engine.live import Admin
from tests.e2e.engine.project import PATIENCE, Project
from tests.provider.program import desired, empty, live
from tests.standin import RunningStandin, running_standin

pytestmark = pytest.mark.xdist_group("engine-recovery")


class Kong:
    """A Kong that can go and come back with the entities that it had, as a process that keeps them in a database."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._running = ExitStack()
        self.now = self._started()

    def restart(self) -> None:
        """Go away, with every connection, and come back."""
        self._running.close()
        self.now = self._started()

    def stop(self) -> None:
        self._running.close()

    @property
    def admin(self) -> Admin:
        return Admin(self.now.admin_url)

    def _started(self) -> RunningStandin:
        running: AbstractContextManager[RunningStandin] = running_standin(self._options)
        return self._running.enter_context(running)


@pytest.fixture(scope="module")
def gateway(kong_ports: Ports, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kong]:
    kong = Kong(Options(ports=kong_ports, state=tmp_path_factory.mktemp("kong") / "entities.json"))
    yield kong
    kong.stop()


def limited(project: Project, minute: int) -> None:
    """Another limit for each tier: three plugins to write."""
    project.says(limits={"minute": minute, "hour": 60_000, "day": 1_440_000})


async def is_as_declared(project: Project, gateway: Kong) -> None:
    assert await live(gateway.admin) == desired(project.document)
    assert project.preview("--refresh").keys() == {"same"}


async def test_it_stands(project: Project, gateway: Kong) -> None:
    project.up()

    assert await live(gateway.admin) == desired(project.document)


@pytest.mark.recovers("Kong was upgraded during an update")
async def test_pods_are_replaced_while_entities_are_written(project: Project, gateway: Kong, objects: Objects) -> None:
    limited(project, 11)
    gateway.now.faults.begin(Fault("hang", methods=("PUT",)))
    (before,) = await pods(objects, project.namespace)
    with project.starting() as updating:
        await struck(gateway, updating)
        await objects.delete(manifest("v1", "Pod", project.namespace, before))
        await asyncio.to_thread(gateway.restart)
        said, _ = await asyncio.to_thread(updating.communicate, timeout=PATIENCE)

    assert updating.returncode == 0, said
    assert before not in await pods(objects, project.namespace)
    await is_as_declared(project, gateway)


@pytest.mark.recovers("The Admin API failed or hung for a while")
async def test_faults_that_pass_stop_nothing(project: Project, gateway: Kong) -> None:
    limited(project, 12)
    gateway.now.faults.begin(Fault("error", requests=4, methods=("PUT",)))

    project.up()

    await is_as_declared(project, gateway)


@pytest.mark.recovers("The Admin API kept failing")
async def test_after_faults_that_last_the_next_update_completes_it(project: Project, gateway: Kong) -> None:
    limited(project, 13)
    gateway.now.faults.begin(Fault("error", methods=("PUT",)))
    code, said = project.run("up", "--yes", "--skip-preview")
    assert code != 0
    assert "Kong's Admin API failed 6 times at PUT /plugins/" in said
    gateway.now.faults.clear()

    project.up()

    await is_as_declared(project, gateway)


@pytest.mark.recovers("Two people applied at once")
async def test_of_two_updates_at_once_one_is_refused_and_says_by_whom(project: Project, gateway: Kong) -> None:
    limited(project, 14)
    gateway.now.faults.begin(Fault("hang", methods=("PUT",)))
    with project.starting() as updating:
        await struck(gateway, updating)
        code, said = await asyncio.to_thread(project.run, "up", "--yes", "--skip-preview")
        gateway.now.faults.clear()
        await asyncio.to_thread(gateway.restart)
        await asyncio.to_thread(updating.communicate, timeout=PATIENCE)

    assert code != 0
    assert "the stack is currently locked by 1 lock(s)" in said
    assert updating.returncode == 0
    project.up()
    await is_as_declared(project, gateway)


@pytest.mark.recovers("Kong's database was emptied")
@pytest.mark.operates("A database that is lost or broken")
async def test_an_emptied_database_is_filled_again(project: Project, gateway: Kong) -> None:
    await empty(gateway.admin)

    project.up("--refresh")

    await is_as_declared(project, gateway)


@pytest.mark.recovers("Somebody changed or deleted entities by hand")
async def test_what_was_changed_and_deleted_by_hand_is_made_right(project: Project, gateway: Kong) -> None:
    admin = gateway.admin
    await admin.ask("PATCH", "/services/omnify-api", {"host": "else.example"})
    await admin.ask("DELETE", "/consumers/free-tier")
    await admin.ask("DELETE", "/routes/omnify-eyes")

    project.up("--refresh")

    await is_as_declared(project, gateway)


async def struck(gateway: Kong, updating: "subprocess.Popen[str]") -> None:
    """Wait until the fault that is on has met a request of an update."""
    async with asyncio.timeout(PATIENCE):
        while not gateway.now.faults.hit:
            assert updating.poll() is None, updating.communicate()[0]
            await asyncio.sleep(0.05)


async def pods(objects: Objects, namespace: str) -> list[str]:
    """The gateway's pods that are not about to end."""
    live = [pod["metadata"] for pod in await objects.of_kind("v1", "Pod", namespace)]
    gateway = [pod for pod in live if GATEWAY_LABELS.items() <= pod.get("labels", {}).items()]
    return [pod["name"] for pod in gateway if "deletionTimestamp" not in pod]
