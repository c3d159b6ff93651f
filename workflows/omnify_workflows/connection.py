"""The connection to Temporal, the same for workers, router and commands."""

import asyncio
from collections.abc import Sequence

from temporalio.client import Client, Interceptor
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.runtime import Runtime
from temporalio.service import RPCError, TLSConfig

from omnify_workflows.settings import TemporalSettings


async def connect(
    settings: TemporalSettings, *, interceptors: Sequence[Interceptor] = (), runtime: Runtime | None = None
) -> Client:
    """A client of the namespace, whose payloads are pydantic's JSON."""
    return await Client.connect(
        settings.temporal_address,
        namespace=settings.namespace,
        data_converter=pydantic_data_converter,
        interceptors=list(interceptors),
        tls=_tls(settings),
        runtime=runtime,
    )


async def answers(client: Client) -> bool:
    """Whether Temporal answers, within two seconds: less than a probe has."""
    try:
        return await asyncio.wait_for(client.service_client.check_health(), 2.0)
    except (RPCError, TimeoutError):
        return False


def _tls(settings: TemporalSettings) -> TLSConfig | bool:
    files = (settings.tls_ca_file, settings.tls_certificate_file, settings.tls_key_file)
    if not any((*files, settings.tls_server_name)):
        return False
    authority, certificate, key = (file.read_bytes() if file else None for file in files)
    return TLSConfig(
        server_root_ca_cert=authority,
        client_cert=certificate,
        client_private_key=key,
        domain=settings.tls_server_name,
    )
