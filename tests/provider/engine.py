"""The Pulumi engine's side of the protocol, for tests: it calls the provider over gRPC in the engine's order."""

import contextlib
from collections.abc import AsyncGenerator, Generator, Iterable
from dataclasses import dataclass
from typing import Any

import grpc
import grpc.aio
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from provider.admin import Patience
from provider.server import serve
from provider.servicer import KongProvider
from provider.urns import parse_urn
from provider.values import Properties, decode, encode

PROJECT, STACK = "provider-tests", "dev"
TAGS = ["managed-by:pulumi", f"project:{PROJECT}", f"stack:{STACK}"]
QUICK = Patience(coming_up=3, request=1, faults=4, first_pause=0.01, longest_pause=0.05, between_reports=0.2)


class CheckError(AssertionError):
    """Inputs did not pass."""


@dataclass(frozen=True)
class Resource:
    """A resource as the engine has it in its state."""

    urn: str
    id: str
    inputs: Properties
    outputs: Properties

    def __getitem__(self, name: str) -> Any:
        return self.outputs.values[name]


def urn(type_name: str, name: str, stack: str = STACK) -> str:
    module = type_name[0].lower() + type_name[1:]
    return f"urn:pulumi:{stack}::{PROJECT}::kong:index/{module}:{type_name}::{name}"


class Engine:
    """Calls one provider process."""

    def __init__(self, stub: Any, provider: KongProvider) -> None:
        self.stub = stub
        self.provider = provider
        self.stack = STACK

    async def configure(self, admin_uri: str | None, **settings: Any) -> None:
        args = {name: value for name, value in (("kongAdminUri", admin_uri), *settings.items()) if value is not None}
        await self.stub.Configure(provider_pb2.ConfigureRequest(args=encode(args)))

    async def check(
        self, type_name: str, name: str, inputs: dict[str, Any], secrets: Iterable[str] = ()
    ) -> tuple[Properties, dict[str, str]]:
        response = await self.stub.Check(
            provider_pb2.CheckRequest(urn=urn(type_name, name, self.stack), news=encode(inputs, secrets))
        )
        failures = [(failure.property, failure.reason) for failure in response.failures]
        return decode(response.inputs), dict(each if each[0] else _split(each[1]) for each in failures)

    async def check_urn(self, where: str, inputs: struct_pb2.Struct) -> Properties:
        """A resource's inputs in full, of any project."""
        response = await self.stub.Check(provider_pb2.CheckRequest(urn=where, news=inputs))
        if response.failures:
            raise CheckError(response.failures)
        return decode(response.inputs)

    async def create_checked(self, where: str, news: Properties) -> Resource:
        response = await self.stub.Create(
            provider_pb2.CreateRequest(urn=where, properties=encode(news.values, news.secrets))
        )
        return Resource(where, response.id, news, decode(response.properties))

    async def checked(
        self, type_name: str, name: str, inputs: dict[str, Any], secrets: Iterable[str] = ()
    ) -> Properties:
        news, failures = await self.check(type_name, name, inputs, secrets)
        if failures:
            raise CheckError(failures)
        return news

    async def create(
        self, type_name: str, name: str, inputs: dict[str, Any], *, secrets: Iterable[str] = (), preview: bool = False
    ) -> Resource:
        news = await self.checked(type_name, name, inputs, secrets)
        where = urn(type_name, name, self.stack)
        response = await self.stub.Create(
            provider_pb2.CreateRequest(urn=where, properties=encode(news.values, news.secrets), preview=preview)
        )
        return Resource(where, response.id, news, decode(response.properties))

    async def diff(
        self, old: Resource, inputs: dict[str, Any], secrets: Iterable[str] = ()
    ) -> provider_pb2.DiffResponse:
        type_name, name = parse_urn(old.urn).token.split(":")[-1], parse_urn(old.urn).name
        return await self.compare(old, await self.checked(type_name, name, inputs, secrets))

    async def compare(self, old: Resource, news: Properties) -> provider_pb2.DiffResponse:
        return await self.stub.Diff(
            provider_pb2.DiffRequest(
                id=old.id,
                urn=old.urn,
                old_inputs=encode(old.inputs.values, old.inputs.secrets),
                olds=encode(old.outputs.values, old.outputs.secrets),
                news=encode(news.values, news.secrets),
            )
        )

    async def update(
        self, old: Resource, inputs: dict[str, Any], *, secrets: Iterable[str] = (), preview: bool = False
    ) -> Resource:
        type_name, name = parse_urn(old.urn).token.split(":")[-1], parse_urn(old.urn).name
        return await self.update_checked(old, await self.checked(type_name, name, inputs, secrets), preview=preview)

    async def update_checked(self, old: Resource, news: Properties, *, preview: bool = False) -> Resource:
        response = await self.stub.Update(
            provider_pb2.UpdateRequest(
                id=old.id,
                urn=old.urn,
                old_inputs=encode(old.inputs.values, old.inputs.secrets),
                olds=encode(old.outputs.values, old.outputs.secrets),
                news=encode(news.values, news.secrets),
                preview=preview,
            )
        )
        return Resource(old.urn, old.id, news, decode(response.properties))

    async def refresh(self, old: Resource) -> Resource | None:
        response = await self.stub.Read(
            provider_pb2.ReadRequest(
                id=old.id,
                urn=old.urn,
                inputs=encode(old.inputs.values, old.inputs.secrets),
                properties=encode(old.outputs.values, old.outputs.secrets),
            )
        )
        if not response.id:
            return None
        return Resource(old.urn, response.id, decode(response.inputs), decode(response.properties))

    async def import_(self, type_name: str, name: str, identity: str) -> Resource | None:
        where = urn(type_name, name, self.stack)
        response = await self.stub.Read(provider_pb2.ReadRequest(id=identity, urn=where))
        if not response.id:
            return None
        return Resource(where, response.id, decode(response.inputs), decode(response.properties))

    async def delete(self, old: Resource) -> None:
        await self.stub.Delete(
            provider_pb2.DeleteRequest(
                id=old.id,
                urn=old.urn,
                properties=encode(old.outputs.values, old.outputs.secrets),
                old_inputs=encode(old.inputs.values, old.inputs.secrets),
            )
        )

    async def cancel(self) -> None:
        await self.stub.Cancel(empty_pb2.Empty())


@dataclass
class Refusal:
    """How a call ended that the provider refused."""

    code: grpc.StatusCode = grpc.StatusCode.OK
    details: str = ""


@contextlib.contextmanager
def refused() -> Generator[Refusal]:
    """Expect a refusal; what it was is known after the block."""
    refusal = Refusal()
    try:
        yield refusal
    except grpc.aio.AioRpcError as error:
        refusal.code, refusal.details = error.code(), str(error.details())
    else:
        message = "nothing was refused"
        raise AssertionError(message)


def _split(reason: str) -> tuple[str, str]:
    """A path that the engine must not look up stands before the reason."""
    path, colon, rest = reason.partition(": ")
    return (path, rest) if colon and " " not in path else ("", reason)


def changes(response: provider_pb2.DiffResponse) -> set[str]:
    """The paths at which a diff has values to show; it never asks for a replacement."""
    assert not response.replaces
    assert bool(response.detailedDiff) == (response.changes == provider_pb2.DiffResponse.DIFF_SOME)
    return {path for path in response.detailedDiff if not path.startswith("[")}


@contextlib.asynccontextmanager
async def running_engine(
    admin_uri: str | None, *, environment: dict[str, str] | None = None, patience: Patience = QUICK, **settings: Any
) -> AsyncGenerator[Engine]:
    """Start a provider on a loopback port, as its process would, and configure it."""
    provider = KongProvider(environment=environment or {}, patience=patience)
    server, port = await serve(provider)
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub: Any = provider_pb2_grpc.ResourceProviderStub(channel)
        await stub.Handshake(provider_pb2.ProviderHandshakeRequest())
        engine = Engine(stub, provider)
        await engine.configure(admin_uri, **settings)
        try:
            yield engine
        finally:
            await server.stop(grace=None)
            await provider.close()
