"""Whole operations of the Pulumi CLI: this project's way beside the plain program.

Both have the same entities and the stand-in as Kong. The plain program has pulumi-kong's own provider where that is on
PATH (`pulumi-resource-kong`), else this project's, and runs as the CLI runs anything; ours runs without checkpoints, as
provider/README.md says.
"""

import asyncio
import json
import os
import resource
import shutil
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from rich.table import Table

from benchmarks.stacks import services
from benchmarks.standin import CountedGateway, counted_gateway
from entities.desired import desired_state
from entities.state import Owner
from entities.validation import validated
from gateway.recording import PROJECT

Program = Literal["plain", "tracked"]
OPERATIONS: Final[Mapping[str, Sequence[str]]] = {
    "first up": ("up", "--yes", "--skip-preview"),
    "preview, unchanged": ("preview",),
    "preview --refresh, unchanged": ("preview", "--refresh"),
    "destroy": ("destroy", "--yes", "--skip-preview"),
}
AIMS: Final = {
    "first up": "1/10",
    "preview, unchanged": "2/3",
    "preview --refresh, unchanged": "1/2",
    "destroy": "1/40",
}
"""Of the plain program's time, at 1,000 entities."""
SIZES: Final = (25, 250)
WITHOUT_CHECKPOINTS: Final = {"PULUMI_SKIP_CHECKPOINTS": "true", "PULUMI_EXPERIMENTAL": "true"}
_PROJECT_FILE: Final = f"""\
name: bench
runtime:
  name: python
  options:
    virtualenv: {PROJECT}/.venv
"""
_OWN_PROVIDER: Final = f"""\
plugins:
  providers:
    - name: kong
      path: {PROJECT}/provider
"""


@dataclass(frozen=True)
class Operation:
    """What one run of the CLI took."""

    wall: float
    cpu: float
    """Seconds of the processor in the CLI, the program and the provider; not in Kong."""
    requests: int


def cli() -> str | None:
    """The Pulumi CLI, when it is on PATH."""
    return shutil.which("pulumi")


def _official() -> bool:
    """Whether the engine finds pulumi-kong's own provider, as which it takes a plugin on PATH."""
    return shutil.which("pulumi-resource-kong") is not None


async def operations(program: Program, count: int) -> AsyncGenerator[tuple[str, Operation]]:
    """What each operation takes with so many services, one after the other."""
    async with counted_gateway() as gateway, _project(program, count, gateway) as project:
        await project.run("stack", "init", "dev")
        for name, arguments in OPERATIONS.items():
            yield name, await project.run(*arguments)


@dataclass(frozen=True)
class _Project:
    folder: Path
    gateway: CountedGateway
    environment: Mapping[str, str]

    async def run(self, *arguments: str) -> Operation:
        self.gateway.forget()
        wall, cpu = time.perf_counter(), _children()
        process = await asyncio.create_subprocess_exec(
            "pulumi",
            *arguments,
            "--non-interactive",
            cwd=self.folder,
            env=os.environ | self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        if process.returncode:
            raise RuntimeError(f"pulumi {' '.join(arguments)}: {output.decode()[-2000:]}")
        return Operation(time.perf_counter() - wall, _children() - cpu, self.gateway.requests.total())


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@asynccontextmanager
async def _project(program: Program, count: int, gateway: CountedGateway) -> AsyncGenerator[_Project]:
    settings = services(count)
    state = desired_state(validated(settings), Owner("bench", "dev"))
    entities = [
        {
            "kind": entity.kind,
            "key": entity.key,
            "fields": entity.fields(),
            "references": entity.references(),
            "tags": state.owner.tags,
        }
        for entity in state
    ]
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        (folder / "state").mkdir()
        own = program == "tracked" or not _official()
        (folder / "Pulumi.yaml").write_text(_PROJECT_FILE + (_OWN_PROVIDER if own else ""))
        (folder / "__main__.py").write_text(f"from benchmarks.programs.{program} import register\n\nregister()\n")
        (folder / "settings.json").write_text(json.dumps(settings))
        (folder / "entities.json").write_text(json.dumps(entities))
        environment = {
            "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "bench",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PYTHONPATH": str(PROJECT),
            "BENCH_ADMIN_URL": gateway.url,
            "BENCH_SETTINGS": str(folder / "settings.json"),
            "BENCH_ENTITIES": str(folder / "entities.json"),
        }
        yield _Project(folder, gateway, environment | (WITHOUT_CHECKPOINTS if program == "tracked" else {}))


async def engine(say: Callable[[str], None]) -> AsyncGenerator[Table]:
    """A table for each size; none without the CLI."""
    if cli() is None:
        say("skipped: the Pulumi CLI is not on PATH")
        return
    for count in SIZES:
        took: dict[Program, dict[str, Operation]] = {"plain": {}, "tracked": {}}
        for program, operations_of in took.items():
            async for name, operation in operations(program, count):
                say(f"{program}, {count} services: {name} took {operation.wall:.0f} s")
                operations_of[name] = operation
        yield _table(count, took["plain"], took["tracked"])


def _table(count: int, plain: Mapping[str, Operation], ours: Mapping[str, Operation]) -> Table:
    table = Table(
        title=f"{count} services with a route and two plugins each: {4 * count:,} entities",
        caption=f"the plain program has {'its own' if _official() else 'the same'} provider",
    )
    for column in ("", "plain s", "CPU s", "ours s", "CPU s", "ours : plain", "CPU", "aim", "requests"):
        table.add_column(column, justify="right" if column else "left")
    for name, of_plain in plain.items():
        own = ours[name]
        table.add_row(
            name,
            f"{of_plain.wall:.1f}",
            f"{of_plain.cpu:.1f}",
            f"{own.wall:.1f}",
            f"{own.cpu:.1f}",
            f"{own.wall / of_plain.wall:.3f}",
            f"{own.cpu / of_plain.cpu:.3f}",
            AIMS[name],
            f"{of_plain.requests:,} → {own.requests:,}",
        )
    return table
