"""Which connections the stack's pods may have, as plain rules: what the stack says, and what follows from it."""

from collections.abc import Iterator

from components.outputs import GatewayOutputs
from components.platform.connections import Neighbours, Policy, Rule, connections_to
from components.platform.names import POSTGRES, PROXY, PROXY_TLS
from components.platform.names import selector as gateway_selector
from config.database import BundledDatabase
from config.network import Peer
from workflows.components.environment import gateway_url
from workflows.components.names import API, PORTS, TEMPORAL_PODS, WORKERS, selector
from workflows.components.ui import TEMPORAL_UI
from workflows.settings.stack import WorkflowsSettings
from workflows.settings.temporal import SERVICES

_NAMES = Rule((), (53,), ("UDP", "TCP"))
"""DNS, wherever it is: a cache on the node is no pod that a policy could name."""
_TEMPORAL = Neighbours(TEMPORAL_PODS)
_WORKERS, _API, _STEPS, _UI, _SCHEMA = (
    Neighbours(selector(component, name))
    for component, name in (
        (WORKERS, "omnify-workflows"),
        (API, "omnify-workflows"),
        ("temporal-step", "omnify-workflows"),
        ("ui", TEMPORAL_UI),
        ("schema", "omnify-workflows"),
    )
)
_DATABASE = Neighbours(gateway_selector(POSTGRES, "database"))
_FRONTEND = Rule((_TEMPORAL,), (PORTS["frontend"].grpc,))
_RING = tuple(port for service in SERVICES for port in (PORTS[service].grpc, PORTS[service].membership))


def policies(settings: WorkflowsSettings, gateway: GatewayOutputs) -> tuple[Policy, ...]:
    """Every policy of a stack: what is allowed, and at last that nothing else is."""
    return (
        _temporal(settings),
        *_data(settings),
        Policy("temporal-steps", _STEPS.pods, egress=(_NAMES, _FRONTEND)),
        _workers(settings, gateway),
        _api(gateway),
        _ui(settings, gateway),
        Policy("default-deny", {}),
    )


def _temporal(settings: WorkflowsSettings) -> Policy:
    """Its own services among themselves, at every port; everybody else at the frontend alone."""
    clients = (_WORKERS, _API, _STEPS, _UI)
    ingress = (
        Rule((_TEMPORAL,), _RING),
        Rule(clients, (PORTS["frontend"].grpc,)),
        Rule(settings.network.monitoring_from, ("metrics",)),
    )
    return Policy(
        "temporal",
        TEMPORAL_PODS,
        tuple(rule for rule in ingress if rule.peers),
        (_NAMES, Rule((_TEMPORAL,), _RING), *_to_database(settings)),
    )


def _data(settings: WorkflowsSettings) -> Iterator[Policy]:
    yield Policy("temporal-schema", _SCHEMA.pods, egress=(_NAMES, *_to_database(settings)))
    if isinstance(settings.database, BundledDatabase):
        yield Policy("postgres", _DATABASE.pods, ingress=(Rule((_TEMPORAL, _SCHEMA), (POSTGRES,)),))


def _to_database(settings: WorkflowsSettings) -> Iterator[Rule]:
    database = settings.database
    if isinstance(database, BundledDatabase):
        yield Rule((_DATABASE,), (5432,))
    else:
        yield from connections_to(f"postgres://{database.host}:{database.port}")


def _workers(settings: WorkflowsSettings, gateway: GatewayOutputs) -> Policy:
    network, tracing = settings.network, settings.observability.tracing
    metrics = (Rule(network.monitoring_from, ("metrics",)),) if network.monitoring_from else ()
    egress = (
        _NAMES,
        _FRONTEND,
        Rule((_gateway_pods(gateway),), (PROXY.port, PROXY_TLS.port)),
        *(connections_to(gateway_url(settings, gateway)) if settings.workers.gateway_url else ()),
        *connections_to(gateway.auth.issuer),
        *(connections_to(tracing.endpoint) if tracing else ()),
        *(Rule((destination.to,), destination.ports) for destination in network.egress),
    )
    return Policy("workers", _WORKERS.pods, metrics, egress)


def _api(gateway: GatewayOutputs) -> Policy:
    return Policy(
        "workflows-api",
        _API.pods,
        (Rule((_gateway_pods(gateway),), ("http",)),),
        (_NAMES, _FRONTEND, *connections_to(gateway.auth.issuer)),
    )


def _ui(settings: WorkflowsSettings, gateway: GatewayOutputs) -> Policy:
    """The gateway reaches the login alone. Whoever forwards a port comes from the pod's own node."""
    if settings.ui.login is None:
        return Policy("temporal-ui", _UI.pods, egress=(_NAMES, _FRONTEND))
    return Policy(
        "temporal-ui",
        _UI.pods,
        (Rule((_gateway_pods(gateway),), ("login",)),),
        (_NAMES, _FRONTEND, *connections_to(gateway.auth.issuer)),
    )


def _gateway_pods(gateway: GatewayOutputs) -> Peer:
    return Peer(namespace=gateway.namespace, pods=dict(gateway.pod_labels))
