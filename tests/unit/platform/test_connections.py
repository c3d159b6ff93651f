"""Who can connect with whom under a stack's policies, as a network plugin would judge."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

import pytest

from components.platform.connections import Neighbours, Policy, Rule, policies
from config.network import Peer
from tests.program.variants import MANAGED
from tests.unit.config.documents import Edit, put
from tests.unit.entities.raw_catalogue import RAW_WITHOUT_SECRETS
from tests.unit.entities.states import ISSUER, authenticated_by, settings

OWN = "omnify-gateway"
DATABASE_PORT = 5432
COUNTERS_PORT = 6379
PORTS = {
    "proxy": 8000,
    "admin": 8001,
    "manager": 8002,
    "metrics": 8100,
    "postgres": DATABASE_PORT,
    "redis": COUNTERS_PORT,
}


@dataclass(frozen=True)
class Party:
    """A pod, or an address outside the cluster."""

    namespace: str | None = None
    name: str = ""
    component: str = ""
    address: str = "203.0.113.9"

    @property
    def labels(self) -> Mapping[str, str]:
        return {"app.kubernetes.io/name": self.name, "app.kubernetes.io/component": self.component}


GATEWAY = Party(OWN, "kong", "gateway", "10.1.0.1")
MIGRATIONS = Party(OWN, "kong", "migrations", "10.1.0.2")
POSTGRES = Party(OWN, "postgres", "database", "10.1.0.3")
REDIS = Party(OWN, "redis", "counters", "10.1.0.5")
NEIGHBOUR = Party(OWN, "curious", "shell", "10.1.0.4")
INGRESS = Party("ingress-nginx", "nginx", "controller", "10.1.1.1")
PROMETHEUS = Party("monitoring", "prometheus", "server", "10.1.2.1")
BACKEND = Party("omnify", "omnify-api", "api", "10.1.3.1")
STRANGER = Party("elsewhere", "any", "any", "10.1.4.1")
OUTSIDE = Party()


def can_connect(stack: tuple[Policy, ...], source: Party, target: Party, port: int, protocol: str = "TCP") -> bool:
    """Kubernetes: both ends must allow it, and an end that no policy selects allows everything."""
    leaves = _allowed(_selecting(stack, source), "egress", target, port, protocol)
    return leaves and _allowed(_selecting(stack, target), "ingress", source, port, protocol)


def _selecting(stack: tuple[Policy, ...], party: Party) -> list[Policy]:
    return [policy for policy in stack if party.namespace == OWN and policy.pods.items() <= party.labels.items()]


def _allowed(selecting: list[Policy], direction: str, other: Party, port: int, protocol: str) -> bool:
    rules = [rule for policy in selecting for rule in getattr(policy, direction)]
    return not selecting or any(_matches(rule, other, port, protocol) for rule in rules)


def _matches(rule: Rule, other: Party, port: int, protocol: str) -> bool:
    ports = [PORTS[each] if isinstance(each, str) else each for each in rule.ports]
    at = (not ports or port in ports) and protocol in rule.protocols
    return at and (not rule.peers or any(_is(peer, other) for peer in rule.peers))


def _is(peer: Peer | Neighbours, other: Party) -> bool:
    if isinstance(peer, Peer) and peer.cidr is not None:
        return ip_address(other.address) in ip_network(peer.cidr)
    namespace = OWN if isinstance(peer, Neighbours) else peer.namespace
    return other.namespace == namespace and peer.pods.items() <= other.labels.items()


def stack(*edits: Edit, name: str = "dev") -> tuple[Policy, ...]:
    return policies(settings(*edits, stack=name))


@pytest.mark.parametrize(
    ("source", "ports"),
    [
        (INGRESS, {"proxy", "manager"}),
        (PROMETHEUS, {"metrics"}),
        (NEIGHBOUR, set[str]()),
        (STRANGER, set[str]()),
        (OUTSIDE, set[str]()),
        (BACKEND, set[str]()),
    ],
)
def test_each_listener_is_for_those_who_need_it(source: Party, ports: set[str]) -> None:
    gateway = stack()
    listeners = ("proxy", "admin", "manager", "metrics")
    assert {name for name in listeners if can_connect(gateway, source, GATEWAY, PORTS[name])} == ports


def test_the_admin_api_is_for_named_peers_alone() -> None:
    named = stack(
        put("admin", {"access": "in-cluster", "certificateSecret": "kong-admin-tls"}),
        put("network", {"adminFrom": [{"namespace": "elsewhere", "pods": {"app.kubernetes.io/name": "any"}}]}),
    )
    assert can_connect(named, STRANGER, GATEWAY, 8444)
    assert not can_connect(named, STRANGER, GATEWAY, 8001)
    assert not can_connect(named, Party("elsewhere", "other", "any"), GATEWAY, 8444)
    assert not can_connect(named, NEIGHBOUR, GATEWAY, 8444)


def test_kong_manager_is_for_the_ingress_controller_only_where_that_asks_who_comes() -> None:
    assert can_connect(stack(), INGRESS, GATEWAY, 8002)
    assert not can_connect(stack(put("ingress.managerAuth", None)), INGRESS, GATEWAY, 8002)


def test_who_may_use_the_gateway_may_not_therefore_use_kong_manager() -> None:
    named = stack(put("network", {"ingressFrom": [{"namespace": "elsewhere"}]}))
    assert can_connect(named, STRANGER, GATEWAY, 8000)
    assert not can_connect(named, STRANGER, GATEWAY, 8002)
    assert can_connect(named, INGRESS, GATEWAY, 8002)
    people = stack(put("network", {"managerFrom": [{"namespace": "elsewhere"}]}))
    assert can_connect(people, STRANGER, GATEWAY, 8002)
    assert not can_connect(people, INGRESS, GATEWAY, 8002)


def test_the_management_api_is_for_kong_alone_and_gets_to_the_api_server_the_realm_and_what_the_stack_says() -> None:
    own = Party(OWN, "management", "management", "10.1.0.6")
    database = Party("data", "postgres", "database", "10.1.5.1")
    egress = [{"to": {"namespace": "data"}, "ports": [5432]}]
    managed = stack(put("management", {**MANAGED, "egress": egress}))
    assert can_connect(managed, GATEWAY, own, 8080)
    for other in (INGRESS, NEIGHBOUR, STRANGER, OUTSIDE):
        assert not can_connect(managed, other, own, 8080)
    assert can_connect(managed, own, OUTSIDE, 6443)
    assert can_connect(managed, own, OUTSIDE, 80)  # the realm's port in dev
    assert not can_connect(managed, own, OUTSIDE, 22)
    assert can_connect(managed, own, database, 5432)
    assert not can_connect(managed, own, POSTGRES, 5432)
    assert not can_connect(managed, own, GATEWAY, 8001)


def test_an_admin_api_in_the_cluster_is_for_the_management_api_too() -> None:
    own = Party(OWN, "management", "management", "10.1.0.6")
    admin = put("admin", {"access": "in-cluster", "certificateSecret": "kong-admin-tls"})
    peers = put("network", {"adminFrom": [{"namespace": "elsewhere"}]})
    assert can_connect(stack(admin, peers, put("management", MANAGED)), own, GATEWAY, 8444)
    assert not can_connect(stack(admin, peers), own, GATEWAY, 8444)


def test_a_load_balancer_opens_the_proxy_to_every_address_and_nothing_else() -> None:
    balanced = stack(put("proxyService", {"type": "LoadBalancer"}), name="prod")
    for port, reached in ((8000, True), (8443, True), (8001, False), (8002, False), (8100, False)):
        assert can_connect(balanced, OUTSIDE, GATEWAY, port) is reached
    assert not can_connect(stack(name="prod"), OUTSIDE, GATEWAY, 8443)


def test_challenges_of_certificates_are_answered_to_the_ingress_controller_alone() -> None:
    issued = stack(put("ingress.tls", {"by": "cert-manager", "issuer": {"name": "letsencrypt"}}), name="prod")
    policy = next(each for each in issued if each.name == "acme-challenges")
    assert policy.pods == {"acme.cert-manager.io/http01-solver": "true"}
    assert policy.ingress == (Rule((Peer(namespace="ingress-nginx"),), (8089,)),)
    assert policy.egress == ()
    assert "acme-challenges" not in [each.name for each in stack(name="prod")]


@pytest.mark.parametrize("source", [GATEWAY, MIGRATIONS])
def test_the_bundled_database_is_kongs_alone(source: Party) -> None:
    assert can_connect(stack(), source, POSTGRES, DATABASE_PORT)
    for other in (NEIGHBOUR, INGRESS, PROMETHEUS, STRANGER):
        assert not can_connect(stack(), other, POSTGRES, DATABASE_PORT)
    assert not can_connect(stack(), POSTGRES, OUTSIDE, 443)


def test_bundled_counters_are_the_gateways_alone() -> None:
    bundled = stack(put("counters", {"policy": "redis", "kind": "bundled"}))
    assert can_connect(bundled, GATEWAY, REDIS, COUNTERS_PORT)
    for other in (MIGRATIONS, NEIGHBOUR, INGRESS, PROMETHEUS, STRANGER):
        assert not can_connect(bundled, other, REDIS, COUNTERS_PORT)
    assert not can_connect(bundled, REDIS, OUTSIDE, 443)
    assert not can_connect(stack(), GATEWAY, REDIS, COUNTERS_PORT)


def test_the_gateway_connects_with_what_the_stack_names_and_nothing_else() -> None:
    dev = stack()
    assert can_connect(dev, GATEWAY, BACKEND, 8000)
    assert can_connect(dev, GATEWAY, OUTSIDE, 53, "UDP")
    assert not can_connect(dev, GATEWAY, STRANGER, 8000)
    assert not can_connect(dev, GATEWAY, OUTSIDE, 443)
    assert not can_connect(dev, NEIGHBOUR, OUTSIDE, 443)


def test_database_and_counters_elsewhere_are_reached() -> None:
    prod = stack(name="prod")
    data = Party("omnify-data", "postgres", "database", "10.1.5.1")
    assert can_connect(prod, GATEWAY, data, DATABASE_PORT)
    assert can_connect(prod, MIGRATIONS, data, DATABASE_PORT)
    assert not can_connect(prod, MIGRATIONS, BACKEND, 8000)
    outside = put("counters", {"policy": "redis", "host": "redis.example", "port": 6380})
    assert can_connect(stack(outside, name="prod"), GATEWAY, OUTSIDE, 6380)


def test_without_a_database_nothing_speaks_with_one() -> None:
    dbless = stack(put("mode", "dbless"))
    assert [policy.name for policy in dbless] == ["kong", "default-deny"]
    assert not can_connect(dbless, GATEWAY, POSTGRES, DATABASE_PORT)


def test_the_realm_is_reached_by_plugins_that_fetch_its_keys() -> None:
    assert ISSUER.startswith("https://")
    assert can_connect(stack(*authenticated_by("oidc")), GATEWAY, OUTSIDE, 443)


def test_backends_in_kongs_own_terms_are_reached_at_their_targets() -> None:
    raw = stack(RAW_WITHOUT_SECRETS)
    assert can_connect(raw, GATEWAY, Party(address="10.0.0.1"), 8080)
    assert not can_connect(raw, GATEWAY, Party(address="10.0.0.9"), 8080)
    assert not can_connect(raw, GATEWAY, OUTSIDE, 80)


@pytest.mark.parametrize("host", ["omnify-api.omnify", "omnify-api.omnify.svc", "omnify-api.omnify.svc.cluster.local"])
def test_a_service_by_any_of_its_names_is_reached_whatever_port_its_pods_have(host: str) -> None:
    named = stack(put("backends.omnify-api", f"http://{host}"))
    assert can_connect(named, GATEWAY, BACKEND, 8000)
    assert not can_connect(named, GATEWAY, STRANGER, 8000)


def test_a_service_of_the_own_namespace_is_reached_by_its_bare_name() -> None:
    named = stack(put("backends.omnify-api", "http://curious"))
    assert can_connect(named, GATEWAY, GATEWAY, 8000) is False
    assert _allowed(_selecting(named, GATEWAY), "egress", NEIGHBOUR, 8080, "TCP")
    assert not can_connect(named, GATEWAY, STRANGER, 8080)


def test_a_name_of_two_parts_may_as_well_be_outside() -> None:
    named = stack(put("backends.omnify-api", "https://backend.example"))
    assert can_connect(named, GATEWAY, OUTSIDE, 443)
    assert not can_connect(named, GATEWAY, OUTSIDE, 8443)


def test_what_leads_to_one_place_is_allowed_once() -> None:
    (kong, *_) = stack(name="prod")
    assert [rule for rule in kong.egress if kong.egress.count(rule) > 1] == []


def test_plugins_connect_where_the_stack_lets_them() -> None:
    logs = put("network", {"egress": [{"to": {"cidr": "203.0.113.0/24"}, "ports": [9200]}]})
    assert can_connect(stack(logs), GATEWAY, OUTSIDE, 9200)
    assert not can_connect(stack(logs), GATEWAY, OUTSIDE, 9201)


def test_traces_reach_their_collector() -> None:
    collector = Party("monitoring", "collector", "collector", "10.1.6.1")
    traced = put("observability", {"tracing": {"endpoint": "http://collector.monitoring.svc:4318/v1/traces"}})
    assert can_connect(stack(traced), GATEWAY, collector, 4318)
    assert not can_connect(stack(traced), MIGRATIONS, collector, 4318)
    assert not can_connect(stack(), GATEWAY, collector, 4318)
    elsewhere = put("observability", {"tracing": {"endpoint": "https://otlp.example/v1/traces"}})
    assert can_connect(stack(elsewhere), GATEWAY, OUTSIDE, 443)
