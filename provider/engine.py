"""The way back to the engine: a provider's messages appear beside the resources it works on."""

from typing import cast

import grpc.aio
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from provider.admin import Say


def engine_log(address: str) -> Say:
    """Return a function that shows a message in the engine's display; a message that is lost is no error."""
    channel = grpc.aio.insecure_channel(address)
    stub = cast("engine_pb2_grpc.EngineAsyncStub", engine_pb2_grpc.EngineStub(channel))

    async def say(message: str) -> None:
        request = engine_pb2.LogRequest(severity=engine_pb2.LogSeverity.INFO, message=message)
        try:
            await stub.Log(request, timeout=5)  # pyright: ignore[reportUnknownMemberType] - untyped in the stubs
        except grpc.aio.AioRpcError:
            return

    return say
