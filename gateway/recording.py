"""A program without the engine: runs `__main__.py`, or any other, under Pulumi's mocks and records what it registers.

Takes a few tenths of a second and reaches nothing. Rendering, comparing two commits, the tests and the sandbox's engine
all work on such a recording.
"""

import asyncio
import json
import runpy
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any, cast

from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime import mocks
from pulumi.runtime.config import set_all_config
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import SETTINGS, get_root_resource
from pulumi.runtime.stack import wait_for_rpcs
from pydantic import JsonValue

from config.files import NAMESPACE
from config.project import PROJECT
from entities.secret import NAMESPACE as SECRETS
from entities.secret import configured_secrets
from provider.resources import UnknownTypeError
from provider.urns import parse_urn
from provider.values import Properties, decode


@dataclass(frozen=True)
class Registration:
    """A resource as the program registered it, its inputs resolved."""

    urn: str
    type: str
    name: str
    custom: bool
    """Whether a provider manages it, as opposed to a component."""
    parent: str
    provider: str
    """The URN of its provider; empty for components."""
    dependencies: tuple[str, ...]
    wire: struct_pb2.Struct
    """The inputs as the engine gets them, secrets marked."""
    ignore_changes: tuple[str, ...]
    deleted_with: str
    """The URN of the resource whose deletion deletes this one too; empty for most."""

    @property
    def properties(self) -> Properties:
        """The inputs in plain Python, and which of them are secret."""
        return decode(self.wire)


@dataclass(frozen=True)
class Recording:
    """A run of the program."""

    registrations: tuple[Registration, ...]
    """Each after what it depends on; otherwise by name, so that two runs are the same."""
    outputs: Mapping[str, Any]
    """The stack's outputs."""


def record(
    document: Mapping[str, JsonValue], stack: str, *, preview: bool = False, secrets: Mapping[str, str] | None = None
) -> Recording:
    """Run the program for a stack that is configured with `document`; a secret that is not given has a made-up value.

    Raises:
        pulumi.RunError: the program refused the configuration.
    """
    return asyncio.run(recorded(lambda: run_program(document, secrets), stack, preview=preview))


async def recorded(
    program: Callable[[], object],
    stack: str,
    *,
    project: str = NAMESPACE,
    others: Mapping[str, Mapping[str, Any]] | None = None,
    preview: bool = False,
) -> Recording:
    """Run any Pulumi program to its end. Raises what the program raises.

    `others` has the outputs of the stacks to which it refers, by the names that it gives them.
    """
    monitor = _Monitor(_NoMocks(others or {}))
    # Pulumi keeps its settings in context variables, and a task has those for itself.
    return await asyncio.create_task(_recorded(program, monitor, project, stack, preview))


def run_program(document: Mapping[str, JsonValue], secrets: Mapping[str, str] | None = None) -> None:
    """Run `__main__.py` as the engine would for a stack that is configured with `document`."""
    given = {f"{NAMESPACE}:{key}": text_of(value) for key, value in document.items()}
    made_up = {name: f"made-up-{name}" for name in configured_secrets(document)}
    hidden = {f"{SECRETS}:{name}": value for name, value in (made_up | dict(secrets or {})).items()}
    set_all_config(given | hidden, list(hidden))
    if str(PROJECT) not in sys.path:
        sys.path.insert(0, str(PROJECT))
    runpy.run_path(str(PROJECT / "__main__.py"), run_name="__main__")


async def _recorded(
    program: Callable[[], object], monitor: "_Monitor", project: str, stack: str, preview: bool
) -> Recording:
    # Tasks of this run alone are waited for: those of another may belong to an event loop that is gone.
    SETTINGS.outputs = set[asyncio.Task[Any]]()  # pyright: ignore[reportAttributeAccessIssue] (it has a setter)
    mocks.set_mocks(monitor.mocks, project=project, stack=stack, preview=preview, monitor=monitor)
    program()
    await wait_for_rpcs()
    root: Any = get_root_resource()
    outputs = {name: await _value(output) for name, output in root.outputs.items()}
    return Recording(tuple(_ordered(monitor.registrations)), outputs)


def _ordered(registrations: Sequence[Registration]) -> Iterator[Registration]:
    """The registrations in the one order, of those that dependencies allow, that follows from their names."""
    by_urn = {registration.urn: registration for registration in registrations}
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for registration in registrations:
        needed = (*registration.dependencies, registration.parent, registration.provider)
        sorter.add(registration.urn, *(urn for urn in needed if urn in by_urn))
    sorter.prepare()
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        yield from (by_urn[urn] for urn in ready)
        sorter.done(*ready)


async def _value(output: Any) -> Any:  # noqa: ANN401 (Pulumi's outputs are untyped here)
    return await output.future() if hasattr(output, "future") else output


def text_of(value: JsonValue) -> str:
    """A configuration value as the engine hands it over."""
    return value if isinstance(value, str) else json.dumps(value)


class _NoMocks(mocks.Mocks):
    """Every resource is what it was asked to be, and every other stack has the outputs that are given."""

    def __init__(self, others: Mapping[str, Mapping[str, Any]]) -> None:
        super().__init__()
        self._others = others

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        inputs = dict(cast("dict[str, Any]", args.inputs))  # pyright: ignore[reportUnknownMemberType]
        if args.typ == "pulumi:pulumi:StackReference":
            return args.name, self._stack(inputs["name"])
        return f"{args.name}-id", inputs

    def _stack(self, name: str) -> dict[str, Any]:
        if name not in self._others:
            raise LookupError(f"the program reads the outputs of stack {name!r}, which nobody gave")
        return {"name": name, "outputs": dict(self._others[name]), "secretOutputNames": []}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        raise LookupError(f"the program calls {args.token}, which has no answer without the engine")


class _Monitor(mocks.MockMonitor):
    """Pulumi's mock of the engine's side, which keeps what it is asked to register."""

    def __init__(self, answers: mocks.Mocks) -> None:
        super().__init__(answers)
        self.registrations: list[Registration] = []

    def RegisterResource(  # noqa: N802 (gRPC's name)
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type != "pulumi:pulumi:Stack":
            self.registrations.append(_registration(urn, request))
        response = super().RegisterResource(request)  # pyright: ignore[reportUnknownMemberType] (untyped in Pulumi)
        return resource_pb2.RegisterResourceResponse(urn=urn, id=_known_id(urn) or response.id, object=response.object)

    def RegisterResourceOutputs(self, request: object) -> empty_pb2.Empty:  # noqa: N802, ARG002 (gRPC's name)
        return empty_pb2.Empty()


def _registration(urn: str, request: resource_pb2.RegisterResourceRequest) -> Registration:
    return Registration(
        urn=urn,
        type=request.type,
        name=request.name,
        custom=request.custom,
        parent=request.parent,
        provider=request.provider.rpartition("::")[0],
        dependencies=tuple(sorted(request.dependencies)),
        wire=request.object,
        ignore_changes=tuple(request.ignoreChanges),
        deleted_with=request.deletedWith,
    )


def _known_id(urn: str) -> str | None:
    """The id that the project's own provider will give; none for other resources."""
    try:
        return parse_urn(urn).derived_id
    except UnknownTypeError:
        return None
