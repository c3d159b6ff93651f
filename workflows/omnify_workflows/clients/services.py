"""Everything that activities call, opened for as long as a worker runs."""

import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from omnify_workflows.clients.service import Service
from omnify_workflows.clients.tokens import ServiceTokens
from omnify_workflows.settings import WorkerSettings

_PATIENCE = httpx.Timeout(20.0, connect=5.0)
"""Longer than the gateway's own patience with a backend, shorter than an attempt (`omnify_workflows.policies`)."""


@dataclass(frozen=True)
class Services:
    """What is called."""

    omnify: Service
    """OmniFy's API, through the gateway."""
    keycloak: Service
    """The admin API of the tenants' realm."""


@asynccontextmanager
async def open_services(settings: WorkerSettings) -> AsyncGenerator[Services]:
    """The services, inside the block."""
    verify = ssl.create_default_context(cafile=str(settings.ca_file)) if settings.ca_file else True
    limits = httpx.Limits(max_connections=settings.activity_slots, max_keepalive_connections=settings.activity_slots)
    async with httpx.AsyncClient(timeout=_PATIENCE, limits=limits, verify=verify, trust_env=False) as http:
        tokens = ServiceTokens(http, settings.token_endpoint, settings.client_id, settings.secret)
        yield Services(
            omnify=Service("OmniFy", http, settings.gateway_url, tokens),
            keycloak=Service("Keycloak", http, f"{settings.keycloak_url}/admin/realms/{settings.realm}", tokens),
        )
