"""A stack's one output, `gateway`, made of its settings. Never a secret."""

from collections.abc import Mapping

from components.outputs import (
    AuthOutput,
    CountersOutput,
    GatewayOutputs,
    LimitsOutput,
    OwnerOutput,
    RouteOutput,
    ServiceNames,
    TierOutput,
    TlsOutput,
    Urls,
    Versions,
)
from components.platform.names import ADMIN, GATEWAY_SELECTOR, MANAGER, METRICS, PROXY, admin_address, manager_url
from config.auth import Auth, JwtAuth, NoAuth
from config.counters import Counters
from config.edge import redirects, tls_end
from config.keys import key_id_of_pem
from config.stack import StackSettings
from config.tiers import Limits
from config.version import VERSION
from entities.limits import counting
from entities.management import PAGE
from entities.state import Owner


def gateway_outputs(settings: StackSettings, owner: Owner) -> GatewayOutputs:
    """The outputs of a stack. All of them follow from its settings, so that previews show them."""
    ingress = settings.ingress
    return GatewayOutputs(
        owner=OwnerOutput(project=owner.project, stack=owner.stack),
        context=settings.cluster.context,
        namespace=settings.cluster.namespace,
        urls=Urls(
            gateway=f"{ingress.scheme}://{ingress.gateway_host}",
            manager=manager_url(settings),
            management=f"{ingress.scheme}://{ingress.gateway_host}{PAGE}" if settings.management else None,
        ),
        admin_address=admin_address(settings),
        services=ServiceNames(
            proxy=PROXY.service, admin=ADMIN.service, manager=MANAGER.service, metrics=METRICS.service
        ),
        pod_labels=GATEWAY_SELECTOR,
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
                consumer_id=owner.id("consumers", tier.name),
                group=tier.group_name,
                fairness=tier.fairness,
                limits=_limits(tier.effective_limits(settings.limits)),
            )
            for tier in settings.tiers
        ),
        auth=_auth(settings.auth),
        counters=_counters(settings.counters),
        cors_origins=settings.cors.origins if settings.cors else (),
        correlation_header=settings.traffic.correlation_header,
        metrics=settings.observability.prometheus is not None,
        versions=Versions(package=VERSION, image=settings.platform.image, edition=settings.edition, mode=settings.mode),
        tls=_tls(settings),
    )


def _auth(auth: Auth) -> AuthOutput:
    if isinstance(auth, NoAuth):
        return AuthOutput(kind="none", issuer="", audience="", tier_claim="", rotation="simple", keys={})
    return AuthOutput(
        kind=auth.kind,
        issuer=auth.issuer,
        audience=auth.audience,
        tier_claim=auth.tier_claim,
        rotation=auth.rotation if isinstance(auth, JwtAuth) else "simple",
        keys=_keys(auth) if isinstance(auth, JwtAuth) else {},
    )


def _keys(auth: JwtAuth) -> Mapping[str, str]:
    return auth.public_keys if auth.rotation == "seamless" else {key_id_of_pem(auth.public_key): auth.public_key}


def _counters(counters: Counters) -> CountersOutput:
    counted = counting(counters)
    redis = counted.redis.model_dump(mode="json", exclude={"password"}) if counted.policy == "redis" else {}
    return CountersOutput(policy=counted.policy, redis=redis, authenticated=counted.redis.password is not None)


def _tls(settings: StackSettings) -> TlsOutput | None:
    ingress, end = settings.ingress, tls_end(settings.ingress, settings.proxy_service)
    if ingress.tls is None or end is None:
        return None
    return TlsOutput(
        ends_at=end,
        redirected_by=redirects(ingress, settings.proxy_service, settings.network),
        strict_transport_security=ingress.tls.hsts.header if ingress.tls.hsts else None,
    )


def _limits(limits: Limits) -> LimitsOutput:
    return LimitsOutput(minute=limits.minute, hour=limits.hour, day=limits.day)
