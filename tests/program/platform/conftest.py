"""`deploy`: the platform of some settings, as the engine would be asked to register it."""

from collections.abc import Awaitable, Callable

import pulumi
import pulumi_kubernetes as k8s
import pytest

from components.platform.platform import KongPlatform
from config.stack import StackSettings
from entities.administration import Seed
from tests.program.resources import Resources, resources_of

DECLARATIVE = '_format_version: "3.0"\n'
PASSWORD = "the-password-of-the-tests"

Deploy = Callable[..., Awaitable[Resources]]


@pytest.fixture
def deploy() -> Deploy:
    async def deployed(
        settings: StackSettings,
        *,
        preview: bool = False,
        declarative: str = DECLARATIVE,
        seed: Seed | None = None,
        password: str = PASSWORD,
    ) -> Resources:
        def program() -> None:
            KongPlatform(
                "kong",
                settings=settings,
                declarative=declarative if settings.mode == "dbless" else None,
                seed=seed,
                password=lambda _, secret: password if secret == "postgres" else f"{password}-{secret}",
                opts=pulumi.ResourceOptions(provider=k8s.Provider("cluster", context=settings.cluster.context)),
            )

        return await resources_of(program, preview=preview)

    return deployed
