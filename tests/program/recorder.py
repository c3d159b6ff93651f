"""What a Pulumi program registers, seen through mocks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import mocks, set_mocks
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.rpc import deserialize_properties, unwrap_rpc_secret
from pulumi.runtime.settings import SETTINGS
from pulumi.runtime.stack import wait_for_rpcs

PROJECT, STACK = "omnify-gateway", "test"
# How the engine's protocol marks a secret (Pulumi: pulumi/runtime/rpc.py).
_SIGNATURE, _SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"


@dataclass(frozen=True)
class Registration:
    """One resource, as the engine is asked to register it."""

    type: str
    name: str
    urn: str
    parent: str
    provider: str
    inputs: Mapping[str, Any]
    dependencies: frozenset[str]
    """URNs, explicit ones and those that come with inputs."""
    ignore_changes: tuple[str, ...]
    secret_inputs: frozenset[str]
    """The inputs that the engine is to encrypt."""

    @property
    def custom(self) -> bool:
        return self.type.startswith("kubernetes:")


@dataclass(frozen=True)
class Recording:
    registrations: tuple[Registration, ...]

    def of_type(self, type_: str) -> list[Registration]:
        return [each for each in self.registrations if each.type == type_]

    def one(self, type_: str, name: str | None = None) -> Registration:
        """The only resource of a type, or of a type and an object name."""
        found = [each for each in self.of_type(type_) if name is None or object_name(each) == name]
        assert len(found) == 1, f"{len(found)} of {type_} {name or ''}: {[each.name for each in found]}"
        return found[0]

    def by_urn(self, urn: str) -> Registration:
        return next(each for each in self.registrations if each.urn == urn)

    def waits_for(self, later: Registration, earlier: Registration) -> bool:
        """Whether `later` depends on `earlier`, directly or through others."""
        return earlier.urn in later.dependencies or any(
            self.waits_for(self.by_urn(urn), earlier) for urn in later.dependencies if urn != later.urn
        )

    def objects(self) -> list[Registration]:
        return [each for each in self.registrations if each.type.startswith("kubernetes:")]


def object_name(registration: Registration) -> str:
    return registration.inputs["metadata"]["name"]


class _Echo(mocks.Mocks):
    """Every resource becomes what it was asked to be."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        return f"{args.name}-id", cast("dict[str, Any]", args.inputs)  # pyright: ignore[reportUnknownMemberType] - untyped in the SDK

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        raise AssertionError(f"the program called {args.token}")


class _Monitor(mocks.MockMonitor):
    def __init__(self) -> None:
        super().__init__(_Echo())
        self.registrations: list[Registration] = []

    def RegisterResource(  # noqa: N802 - the protocol's name
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        response = super().RegisterResource(request)  # pyright: ignore[reportUnknownMemberType] - untyped in the SDK
        self.registrations.append(
            Registration(
                type=request.type,
                name=request.name,
                urn=response.urn,
                parent=request.parent,
                provider=request.provider,
                inputs={key: unwrap_rpc_secret(value) for key, value in deserialize_properties(request.object).items()},
                dependencies=frozenset(request.dependencies),
                ignore_changes=tuple(request.ignoreChanges),
                secret_inputs=frozenset(key for key, value in request.object.items() if _is_secret(value)),
            )
        )
        return response


def _is_secret(value: Any) -> bool:
    return isinstance(value, Struct) and value.fields[_SIGNATURE].string_value == _SECRET


async def record(program: Callable[[], object], *, preview: bool = False) -> Recording:
    """Run a program under mocks of its own, to its end."""
    # What is left of a program that failed, in an event loop that is gone, would be waited for.
    SETTINGS.outputs.clear()  # pyright: ignore - a context property, which the SDK leaves untyped
    monitor = _Monitor()
    set_mocks(mocks=monitor.mocks, project=PROJECT, stack=STACK, preview=preview, monitor=monitor)
    program()
    await wait_for_rpcs()
    return Recording(tuple(each for each in monitor.registrations if each.type != "pulumi:pulumi:Stack"))
