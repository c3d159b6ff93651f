"""The outputs of the dev stack, and a gateway that answers what a test says."""

from collections.abc import Callable, Coroutine

import httpx

from components.exports import gateway_outputs
from components.outputs import GatewayOutputs, LimitsOutput
from config.files import NAMESPACE
from entities.state import Owner
from gateway.stacks import stack_settings
from gateway.verification import SigningKey, Target, TokenSource
from gateway.verification.bench import Bench
from gateway.verification.client import GatewayClient
from tests.unit.guard.tokens import private_key

DEV = gateway_outputs(stack_settings("dev"), Owner(NAMESPACE, "dev"))


def with_minute(minute: int) -> GatewayOutputs:
    """The dev stack with another limit of its smallest tier."""
    free = DEV.tiers[0].model_copy(update={"limits": LimitsOutput(minute=minute, hour=60_000, day=1_440_000)})
    return DEV.model_copy(update={"tiers": (free, *DEV.tiers[1:])})


def bench(
    answer: Callable[[httpx.Request], httpx.Response]
    | Callable[[httpx.Request], Coroutine[None, None, httpx.Response]],
    outputs: GatewayOutputs = DEV,
    tokens: TokenSource | None = None,
) -> Bench:
    """A bench whose gateway is a function."""
    http = httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://gateway.test")
    target = Target(outputs=outputs, url="http://gateway.test", host="kong.omnify.local")
    return Bench(target, GatewayClient(http, target.host), tokens or SigningKey(private_key(), outputs.auth))
