"""Pulumi's resource provider protocol (pulumi: proto/pulumi/provider.proto) in front of `provider.operations`."""
# ruff: noqa: N802 - the methods have the names that gRPC gives them

import json
import os
from collections.abc import Awaitable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias, TypeVar

import grpc
import grpc.aio
from google.protobuf import empty_pb2, struct_pb2
from google.protobuf.message import Message
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from provider.admin import AdminError, AdminUnavailableError, CancelledByUserError, Patience, Say
from provider.check import Checked
from provider.diff import ChangeKind
from provider.documents import MalformedPropertyError
from provider.operations import Operations, open_operations
from provider.ownership import OwnershipError
from provider.package import VERSION, package_schema
from provider.resources import UnknownTypeError
from provider.secrecy import scrub, secret_texts
from provider.settings import Settings, check_settings, read_settings
from provider.store import NotFoundError
from provider.urns import parse_urn
from provider.values import Properties, decode, encode

_T = TypeVar("_T")
_Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"
_KINDS: Final = {
    ChangeKind.ADD: provider_pb2.PropertyDiff.Kind.ADD,
    ChangeKind.UPDATE: provider_pb2.PropertyDiff.Kind.UPDATE,
    ChangeKind.DELETE: provider_pb2.PropertyDiff.Kind.DELETE,
}
_CODES: Final[Mapping[type[Exception], grpc.StatusCode]] = {
    AdminError: grpc.StatusCode.INVALID_ARGUMENT,
    AdminUnavailableError: grpc.StatusCode.UNAVAILABLE,
    CancelledByUserError: grpc.StatusCode.CANCELLED,
    MalformedPropertyError: grpc.StatusCode.INVALID_ARGUMENT,
    NotFoundError: grpc.StatusCode.NOT_FOUND,
    NotImplementedError: grpc.StatusCode.UNIMPLEMENTED,
    OwnershipError: grpc.StatusCode.ALREADY_EXISTS,
    UnknownTypeError: grpc.StatusCode.INVALID_ARGUMENT,
}


class KongProvider(provider_pb2_grpc.ResourceProviderServicer):
    """Serves the twelve resource types of pulumi-kong to one engine, for one operation."""

    def __init__(
        self,
        *,
        environment: Mapping[str, str] = os.environ,
        patience: Patience | None = None,
        say: Say | None = None,
    ) -> None:
        self._environment = environment
        self._patience = patience
        self._say = say
        self._operations: Operations | None = None

    async def Handshake(
        self, request: provider_pb2.ProviderHandshakeRequest, context: _Context
    ) -> provider_pb2.ProviderHandshakeResponse:
        """Say what this provider takes: secrets, but neither resource references nor output values."""
        del request, context
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    async def GetPluginInfo(self, request: empty_pb2.Empty, context: _Context) -> plugin_pb2.PluginInfo:
        """Return the version of pulumi-kong whose types are served."""
        del request, context
        return plugin_pb2.PluginInfo(version=VERSION)

    async def GetSchema(
        self, request: provider_pb2.GetSchemaRequest, context: _Context
    ) -> provider_pb2.GetSchemaResponse:
        """Return the package's schema, which `pulumi import` writes code from."""
        del request, context
        return provider_pb2.GetSchemaResponse(schema=package_schema())

    async def CheckConfig(self, request: provider_pb2.CheckRequest, context: _Context) -> provider_pb2.CheckResponse:
        """Check the provider's own inputs."""
        del context
        failures = [
            provider_pb2.CheckFailure(property=fault.name, reason=str(fault))
            for fault in check_settings(decode(request.news).values, self._environment)
        ]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    async def DiffConfig(self, request: provider_pb2.DiffRequest, context: _Context) -> provider_pb2.DiffResponse:
        """Compare the provider's own inputs; another Admin API address is the same gateway seen from elsewhere."""
        del context
        old, new = decode(request.old_inputs).values, decode(request.news).values
        changed = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
        return provider_pb2.DiffResponse(changes=_changes(changed), diffs=changed)

    async def Configure(
        self, request: provider_pb2.ConfigureRequest, context: _Context
    ) -> provider_pb2.ConfigureResponse:
        """Take the provider's inputs; nothing is connected before the first request."""
        del context
        values = decode(request.args).values if request.HasField("args") else dict(request.variables)
        values = {name.removeprefix("kong:config:"): value for name, value in values.items()}
        await self._close()
        self._operations = self._opened(read_settings(values, self._environment))
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    async def Check(self, request: provider_pb2.CheckRequest, context: _Context) -> provider_pb2.CheckResponse:
        """Check a resource's inputs and return them in full."""
        return await self._answer(context, request, self._check(request))

    async def Diff(self, request: provider_pb2.DiffRequest, context: _Context) -> provider_pb2.DiffResponse:
        """Compare old inputs with new ones."""
        return await self._answer(context, request, self._diff(request))

    async def Create(self, request: provider_pb2.CreateRequest, context: _Context) -> provider_pb2.CreateResponse:
        """Make an entity, or find it again."""
        return await self._answer(context, request, self._create(request))

    async def Update(self, request: provider_pb2.UpdateRequest, context: _Context) -> provider_pb2.UpdateResponse:
        """Write an entity anew."""
        return await self._answer(context, request, self._update(request))

    async def Read(self, request: provider_pb2.ReadRequest, context: _Context) -> provider_pb2.ReadResponse:
        """Read an entity for a refresh or an import."""
        return await self._answer(context, request, self._read(request))

    async def Delete(self, request: provider_pb2.DeleteRequest, context: _Context) -> empty_pb2.Empty:
        """Delete an entity."""
        return await self._answer(context, request, self._delete(request))

    async def Cancel(self, request: empty_pb2.Empty, context: _Context) -> empty_pb2.Empty:
        """Stop waiting."""
        del context
        self._open.cancel()
        return request

    async def Attach(self, request: plugin_pb2.PluginAttach, context: _Context) -> empty_pb2.Empty:
        """Accept an engine that attaches to a provider which runs already, as in a debugger."""
        del request, context
        return empty_pb2.Empty()

    async def Invoke(self, request: provider_pb2.InvokeRequest, context: _Context) -> provider_pb2.InvokeResponse:
        """Refuse: pulumi-kong has no functions."""
        return await self._answer(context, request, _unimplemented("functions"))

    async def Call(self, request: provider_pb2.CallRequest, context: _Context) -> provider_pb2.CallResponse:
        """Refuse: pulumi-kong has no methods."""
        return await self._answer(context, request, _unimplemented("methods"))

    async def Construct(
        self, request: provider_pb2.ConstructRequest, context: _Context
    ) -> provider_pb2.ConstructResponse:
        """Refuse: pulumi-kong has no components."""
        return await self._answer(context, request, _unimplemented("components"))

    async def Parameterize(
        self, request: provider_pb2.ParameterizeRequest, context: _Context
    ) -> provider_pb2.ParameterizeResponse:
        """Refuse: there is only one Kong package."""
        return await self._answer(context, request, _unimplemented("parameters"))

    async def close(self) -> None:
        """Let go of connections."""
        await self._close()

    @property
    def _open(self) -> Operations:
        if self._operations is None:
            self._operations = self._opened(read_settings({}, self._environment))
        return self._operations

    def _opened(self, settings: Settings) -> Operations:
        return open_operations(settings, patience=self._patience, say=self._say)

    async def _close(self) -> None:
        operations, self._operations = self._operations, None
        if operations is not None:
            await operations.close()

    async def _check(self, request: provider_pb2.CheckRequest) -> provider_pb2.CheckResponse:
        checked = self._open.check(parse_urn(request.urn), decode(request.news))
        failures = [_failure(failure.path, failure.reason, checked) for failure in checked.failures]
        return provider_pb2.CheckResponse(inputs=_wire(checked.inputs), failures=failures)

    async def _diff(self, request: provider_pb2.DiffRequest) -> provider_pb2.DiffResponse:
        olds = decode(request.old_inputs if request.HasField("old_inputs") else request.olds)
        changes = self._open.diff(parse_urn(request.urn), request.id, olds, decode(request.news))
        names = sorted({name for change in changes for name in change.names})
        return provider_pb2.DiffResponse(
            changes=_changes(changes),
            diffs=names,
            detailedDiff=_mentions(names)
            | {change.path: provider_pb2.PropertyDiff(kind=_KINDS[change.kind], inputDiff=True) for change in changes},
            hasDetailedDiff=True,
            # A forced replacement has the same id, so the new entity must not be made before the old one goes.
            deleteBeforeReplace=True,
        )

    async def _create(self, request: provider_pb2.CreateRequest) -> provider_pb2.CreateResponse:
        urn, news = parse_urn(request.urn), decode(request.properties)
        if request.preview:
            state = self._open.planned(urn, None, news, Properties({}))
        else:
            state = await self._open.create(urn, news)
        return provider_pb2.CreateResponse(id=state.id, properties=_wire(state.outputs))

    async def _update(self, request: provider_pb2.UpdateRequest) -> provider_pb2.UpdateResponse:
        urn, news, olds = parse_urn(request.urn), decode(request.news), decode(request.olds)
        if request.preview:
            state = self._open.planned(urn, request.id, news, olds)
        else:
            state = await self._open.update(urn, request.id, news, olds)
        return provider_pb2.UpdateResponse(properties=_wire(state.outputs))

    async def _read(self, request: provider_pb2.ReadRequest) -> provider_pb2.ReadResponse:
        inputs, outputs = decode(request.inputs), decode(request.properties)
        state = await self._open.read(parse_urn(request.urn), request.id, inputs, outputs)
        if state is None:
            return provider_pb2.ReadResponse(id="")
        return provider_pb2.ReadResponse(id=state.id, properties=_wire(state.outputs), inputs=_wire(state.inputs))

    async def _delete(self, request: provider_pb2.DeleteRequest) -> empty_pb2.Empty:
        await self._open.delete(parse_urn(request.urn), request.id, decode(request.properties))
        return empty_pb2.Empty()

    async def _answer(self, context: _Context, request: Message, work: Awaitable[_T]) -> _T:
        """Do the work, and turn what goes wrong into a status whose text holds no secret."""
        try:
            return await work
        except tuple(_CODES) as fault:
            code = next(code for error, code in _CODES.items() if isinstance(fault, error))
            text = str(fault)
        except Exception as fault:
            code, text = grpc.StatusCode.INTERNAL, f"{type(fault).__name__}: {fault}"
        await context.abort(code, scrub(text, secret_texts(_properties_of(request))))
        raise AssertionError  # abort has raised


def _failure(path: str, reason: str, checked: Checked) -> provider_pb2.CheckFailure:
    """Name a property only where the engine may print its value.

    It prints the program's value beside the name, even of a secret, and `<nil>` for a path into a property
    (pulumi: pkg/resource/deploy/step_generator.go, issueCheckFailures). There the path goes before the reason.
    """
    if path in checked.inputs.values and path not in checked.inputs.secrets and path != "configJson":
        return provider_pb2.CheckFailure(property=path, reason=reason)
    return provider_pb2.CheckFailure(reason=f"{path}: {reason}" if path else reason)


def _mentions(names: Iterable[str]) -> dict[str, provider_pb2.PropertyDiff]:
    """Let the engine's one-line display name fields inside a property, `[diff: ~configJson.minute]`.

    It names the keys of the detailed diff that are among `diffs`, and knows no paths there (pulumi:
    pkg/backend/display/rows.go, getDiffInfo); so each name is a key of its own. `--diff` finds no value under such a
    key, prints nothing for it, and shows the property itself.
    """
    update = provider_pb2.PropertyDiff(kind=provider_pb2.PropertyDiff.Kind.UPDATE, inputDiff=True)
    return {f"[{json.dumps(name, ensure_ascii=False)}]": update for name in names if "." in name}


async def _unimplemented(what: str) -> Any:  # noqa: ANN401 - it never returns
    message = f"this provider serves the twelve resource types of pulumi-kong; it has no {what}"
    raise NotImplementedError(message)


def _changes(changes: object) -> provider_pb2.DiffResponse.DiffChanges.ValueType:
    return (
        provider_pb2.DiffResponse.DiffChanges.DIFF_SOME if changes else provider_pb2.DiffResponse.DiffChanges.DIFF_NONE
    )


def _wire(properties: Properties) -> struct_pb2.Struct:
    return encode(properties.values, properties.secrets)


def _properties_of(request: Message) -> Iterator[Properties]:
    """Yield all properties that a request carries."""
    for field, value in request.ListFields():
        if field.message_type is not None and isinstance(value, struct_pb2.Struct):
            yield decode(value)
