"""The gRPC server that a provider answers on."""

from typing import Final

import grpc.aio
from pulumi.runtime.proto import provider_pb2_grpc

from provider.servicer import KongProvider

_LARGEST_MESSAGE: Final = 400 * 1024 * 1024
"""The largest message in bytes; Pulumi's own limit (pulumi: sdk/go/common/util/rpcutil/serve.go)."""


async def serve(provider: KongProvider) -> tuple[grpc.aio.Server, int]:
    """Start a server on a free port of the loopback interface; return it with the port."""
    server = grpc.aio.server(  # pyright: ignore[reportUnknownMemberType] - untyped in the stubs
        options=[
            ("grpc.max_receive_message_length", _LARGEST_MESSAGE),
            ("grpc.max_send_message_length", _LARGEST_MESSAGE),
        ]
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    return server, port
