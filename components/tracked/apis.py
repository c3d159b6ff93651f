"""APIs of one stack on the gateway of another: a team's own service, routes and limits, tagged as its own."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_kong as kong
from pulumi import ComponentResource, ResourceOptions

from components.outputs import CountersOutput, GatewayOutputs
from components.tracked.entities import KongEntities
from config.apis import Api
from config.auth import OpenIdConnectAuth, Realm
from config.tiers import Limits, Tier
from entities.auth.jwt import JwtScheme
from entities.auth.open import OpenScheme
from entities.auth.openid_connect import OpenIdConnectScheme
from entities.auth.scheme import Scheme
from entities.auth.seamless import SeamlessScheme
from entities.guest import Guest, Host, guest_problems, guest_state
from entities.limits import REDIS_PASSWORD, Counting
from entities.plugins.redis import Redis
from entities.state import Owner
from entities.vault import reference


class GatewayApis(ComponentResource):
    """APIs on a gateway that another stack deploys.

    Their routes are guarded as the gateway's own are, and everything has the tags of the stack that this runs in, so
    neither stack changes, removes, or reports as drift what is the other's.
    """

    urls: pulumi.Output[dict[str, list[str]]]
    """Where each route is reached, by its name."""

    def __init__(
        self,
        name: str,
        *,
        gateway: GatewayOutputs,
        apis: Sequence[Api],
        backends: Mapping[str, str],
        provider: kong.Provider,
        limits: Mapping[str, Limits] | None = None,
        after: Sequence[pulumi.Resource] = (),
        opts: ResourceOptions | None = None,
    ) -> None:
        """Register APIs.

        Args:
            name: The component's name.
            gateway: What the gateway's stack exports.
            apis: The services and their routes, as a stack file of the gateway would say them.
            backends: The URL of each API's backend, by the API's name, as Kong's pods reach it.
            provider: A Kong provider at `gateway.admin_address`, or at another way to the same Admin API.
            limits: What the users of a tier may do on each of these APIs, by the tier's name. Counted apart from what
                they do elsewhere. A tier that is not named has its limits of the whole gateway here too.
            after: What must be there before requests are let through, such as the backends' Services.
            opts: The component's options.

        Raises:
            pulumi.RunError: the gateway cannot take them, or something in them is wrong; every problem is named.
        """
        super().__init__("omnify:tracked:GatewayApis", name, None, opts)
        _refuse_what_takes_no_guests(name, gateway)
        host = _host(gateway)
        owner = Owner(pulumi.get_project(), pulumi.get_stack())
        guest = Guest(owner=owner, apis=tuple(apis), backends=dict(backends), limits=limits or {})
        if problems := sorted(set(guest_problems(host, guest)), key=str):
            raise pulumi.RunError("\n".join((f"GatewayApis {name!r} is refused:", *(f"  {each}" for each in problems))))
        state = guest_state(host, guest)
        KongEntities(name, state=state, provider=provider, ready=after, opts=ResourceOptions(parent=self))
        address = gateway.urls.gateway
        reached = {route.name: [address + path for path in route.paths] for api in apis for route in api.routes}
        self.urls = pulumi.Output.from_input(reached)
        self.register_outputs({"urls": self.urls})


def _refuse_what_takes_no_guests(name: str, gateway: GatewayOutputs) -> None:
    """Raise RunError for gateways on which another stack cannot register what is guarded and limited."""
    if gateway.versions.mode == "dbless":
        reason = "has no database (mode 'dbless'), so that it takes no routes from elsewhere"
    elif gateway.auth.kind == "oidc":
        reason = "judges tokens by a plugin that knows no tiers (auth kind 'oidc')"
    else:
        return
    whose = f"{gateway.owner.project}/{gateway.owner.stack}"
    raise pulumi.RunError(
        f"GatewayApis {name!r}: the gateway of {whose} {reason}; write the API into its own stack file"
    )


def _host(gateway: GatewayOutputs) -> Host:
    """The gateway, as its outputs tell of it."""
    tiers = tuple(
        Tier(name=tier.name, consumer=tier.consumer, group=tier.group, fairness=tier.fairness) for tier in gateway.tiers
    )
    return Host(
        scheme=_scheme(gateway, tiers),
        tiers=tiers,
        consumers={tier.name: tier.consumer_id for tier in gateway.tiers},
        preflights=bool(gateway.cors_origins),
        https_alone=gateway.tls is not None and gateway.tls.redirected_by == "kong",
        counting=_counting(gateway.counters),
        services=frozenset(route.api for route in gateway.routes),
        routes={
            route.name: frozenset((path, method) for path in route.paths for method in route.methods)
            for route in gateway.routes
        },
    )


def _counting(counters: CountersOutput) -> Counting:
    """Where the gateway's own limits are counted."""
    password = reference(REDIS_PASSWORD) if counters.authenticated else None
    return Counting(counters.policy, Redis.model_validate({**counters.redis, "password": password}, strict=False))


def _scheme(gateway: GatewayOutputs, tiers: tuple[Tier, ...]) -> Scheme:
    """The authentication of the gateway's own routes."""
    auth, preflight = gateway.auth, bool(gateway.cors_origins)
    if auth.kind == "none":
        return OpenScheme()
    realm = Realm(issuer=auth.issuer, audience=auth.audience, tier_claim=auth.tier_claim)
    if auth.kind == "openid-connect":
        return OpenIdConnectScheme(OpenIdConnectAuth(kind=auth.kind, **realm.model_dump()))
    if auth.rotation == "seamless":
        owner = Owner(gateway.owner.project, gateway.owner.stack)
        return SeamlessScheme(realm, auth.keys, tiers, preflight, owner)
    # Always gated: whether the gateway keeps unguarded routes shut may change, and a public route stays open.
    return JwtScheme(realm, next(iter(auth.keys.values())), tiers, preflight, gated=True)
