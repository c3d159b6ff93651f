"""What every check works with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from components.outputs import GatewayOutputs, RouteOutput, TierOutput
from gateway.verification.client import GatewayClient
from gateway.verification.outcome import SkippedError
from gateway.verification.target import Target
from gateway.verification.tokens import TokenSource


@dataclass(frozen=True)
class Bench:
    """The gateway under verification, a way to ask it, and tokens."""

    target: Target
    gateway: GatewayClient
    tokens: TokenSource

    @property
    def outputs(self) -> GatewayOutputs:
        """What the stack says of itself."""
        return self.target.outputs

    def pass_for(self, route: RouteOutput) -> str | None:
        """A token with which a route lets one through; None for a public route, which needs none."""
        if route.public:
            return None
        tiers = admitted(self.outputs, route)
        if not tiers:
            raise SkippedError(f"no tier may use {route.name}")
        return self.tokens.user(tiers[0].name)

    def easiest_route(self) -> RouteOutput:
        """A public route if there is one, so that no token is needed. Raises as `routes` does."""
        return min(self.routes(), key=lambda route: not route.public)

    def routes(self) -> tuple[RouteOutput, ...]:
        """All routes.

        Raises:
            SkippedError: the stack has none but such in Kong's own terms.
        """
        if not self.outputs.routes:
            raise SkippedError("the stack has no APIs")
        return self.outputs.routes


Run = Callable[[Bench], Awaitable[str]]
"""Makes a check and says what was seen.

Raises:
    FailedError: something is not as it should be.
    SkippedError: the check cannot be made.
"""


@dataclass(frozen=True)
class Check:
    """One thing that requests can prove."""

    name: str
    proves: str
    run: Run


def admitted(outputs: GatewayOutputs, route: RouteOutput) -> list[TierOutput]:
    """The tiers whose users may use a protected route."""
    return [tier for tier in outputs.tiers if tier.group in route.groups]


def usable(outputs: GatewayOutputs, tier: TierOutput) -> list[RouteOutput]:
    """The protected routes that a tier's users may use."""
    return [route for route in outputs.routes if tier.group in route.groups]


def protected(outputs: GatewayOutputs) -> list[RouteOutput]:
    """The routes that need a token."""
    return [route for route in outputs.routes if not route.public]


def names(routes: list[RouteOutput]) -> str:
    """Routes as the report names them."""
    return ", ".join(route.name for route in routes)
