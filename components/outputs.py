"""The stack's one output, `gateway`: a typed, versioned contract for other stacks. Never a secret."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from components.platform.names import ADMIN, MANAGER, METRICS, PROXY
from config.auth import Auth, NoAuth
from config.stack import StackSettings
from config.tiers import Limits

CONTRACT_VERSION = "1"
"""Changes when a reader of the outputs would have to change."""


class Output(BaseModel):
    """A part of the contract: frozen, camelCase outside."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=True)


class Urls(Output):
    """Where people and programs find the gateway."""

    gateway: str
    manager: str


class ServiceNames(Output):
    """The Kubernetes Services, in the gateway's namespace."""

    proxy: str
    admin: str
    manager: str
    metrics: str


class RouteOutput(Output):
    """A route and who may use it."""

    name: str
    api: str
    paths: tuple[str, ...]
    methods: tuple[str, ...]
    groups: tuple[str, ...]
    """The groups that may pass; empty for a public route."""
    public: bool
    max_body_megabytes: int | None
    """The largest body; none when any is taken."""


class LimitsOutput(Output):
    """Requests in each window."""

    minute: int
    hour: int
    day: int


class TierOutput(Output):
    """A tier and what its users may do."""

    name: str
    consumer: str
    group: str
    fairness: Literal["tier", "subject"]
    limits: LimitsOutput


class AuthOutput(Output):
    """What a token needs; empty texts when `kind` is `none`: then nobody is asked for one."""

    kind: Literal["jwt", "openid-connect", "oidc", "none"]
    issuer: str
    audience: str
    tier_claim: str


class Versions(Output):
    """What runs."""

    image: str
    edition: Literal["oss", "enterprise"]
    mode: Literal["database", "dbless"]


class GatewayOutputs(Output):
    """Everything that another stack may rely on."""

    contract: Literal["1"] = CONTRACT_VERSION
    context: str
    namespace: str
    urls: Urls
    services: ServiceNames
    routes: tuple[RouteOutput, ...]
    tiers: tuple[TierOutput, ...]
    auth: AuthOutput
    cors_origins: tuple[str, ...]
    correlation_header: str | None
    """The header with a request's id; none when requests get no id."""
    metrics: bool
    versions: Versions

    def document(self) -> Mapping[str, object]:
        """The outputs as the stack exports them."""
        return self.model_dump(mode="json", by_alias=True)


def gateway_outputs(settings: StackSettings) -> GatewayOutputs:
    """The outputs of a stack. All of them follow from its settings, so that previews show them."""
    ingress = settings.ingress
    return GatewayOutputs(
        context=settings.cluster.context,
        namespace=settings.cluster.namespace,
        urls=Urls(
            gateway=f"{ingress.scheme}://{ingress.gateway_host}", manager=f"{ingress.scheme}://{ingress.manager_host}"
        ),
        services=ServiceNames(
            proxy=PROXY.service, admin=ADMIN.service, manager=MANAGER.service, metrics=METRICS.service
        ),
        routes=tuple(
            RouteOutput(
                name=route.name,
                api=api.name,
                paths=route.paths,
                methods=route.methods,
                groups=route.access.groups or (),
                public=route.access.public is not None,
                max_body_megabytes=route.max_body or settings.traffic.max_body,
            )
            for api in settings.apis
            for route in api.routes
        ),
        tiers=tuple(
            TierOutput(
                name=tier.name,
                consumer=tier.consumer_name,
                group=tier.group_name,
                fairness=tier.fairness,
                limits=_limits(tier.effective_limits(settings.limits)),
            )
            for tier in settings.tiers
        ),
        auth=_auth(settings.auth),
        cors_origins=settings.cors.origins if settings.cors else (),
        correlation_header=settings.traffic.correlation_header,
        metrics=settings.observability.prometheus is not None,
        versions=Versions(image=settings.platform.image, edition=settings.edition, mode=settings.mode),
    )


def _auth(auth: Auth) -> AuthOutput:
    if isinstance(auth, NoAuth):
        return AuthOutput(kind="none", issuer="", audience="", tier_claim="")
    return AuthOutput(kind=auth.kind, issuer=auth.issuer, audience=auth.audience, tier_claim=auth.tier_claim)


def _limits(limits: Limits) -> LimitsOutput:
    return LimitsOutput(minute=limits.minute, hour=limits.hour, day=limits.day)
