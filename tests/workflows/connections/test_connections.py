"""Who can connect with whom under a stack's policies, as a network plugin would judge."""

from collections.abc import Mapping

import pytest
from pydantic import JsonValue

from components.platform.connections import Neighbours, Policy, Rule
from config.network import Peer
from tests.workflows.program.stack import document, gateway_of
from workflows.components.connections import policies
from workflows.components.names import selector
from workflows.settings.reading import read_settings

TEMPORAL = {"app.kubernetes.io/name": "temporal", "app.kubernetes.io/component": "history"}
PODS: Mapping[str, Mapping[str, str]] = {
    "temporal": TEMPORAL,
    "workers": selector("workers"),
    "api": selector("workflows-api"),
    "ui": selector("ui", "temporal-ui"),
    "steps": selector("temporal-step"),
    "schema": selector("schema"),
    "postgres": selector("database", "postgres"),
    "stranger": {"app.kubernetes.io/name": "stranger"},
}
NAMED = {"postgres": 5432, "metrics": 9090, "http": 8080, "login": 4180}
FRONTEND, HISTORY, DATABASE = 7233, 7234, 5432


def policies_of(stack: str, **sections: JsonValue) -> tuple[Policy, ...]:
    return policies(read_settings(document(stack, **sections)), gateway_of(stack))


def connects(wanted: tuple[Policy, ...], source: str, target: str, port: int) -> bool:
    """Whether one pod of the namespace reaches another: both sides must let it."""
    goes = any(_meets(rule, PODS[target], port) for rule in _rules(wanted, source, "egress"))
    comes = any(_meets(rule, PODS[source], port) for rule in _rules(wanted, target, "ingress"))
    return goes and comes


def _rules(wanted: tuple[Policy, ...], pod: str, side: str) -> list[Rule]:
    own = [policy for policy in wanted if policy.pods and policy.pods.items() <= PODS[pod].items()]
    return [rule for policy in own for rule in getattr(policy, side)]


def _meets(rule: Rule, labels: Mapping[str, str], port: int) -> bool:
    ports = [NAMED.get(each, each) if isinstance(each, str) else each for each in rule.ports]
    if ports and port not in ports:
        return False
    if not rule.peers:
        return True
    return any(isinstance(peer, Neighbours) and peer.pods.items() <= labels.items() for peer in rule.peers)


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_clients_reach_the_frontend_and_no_other_service(stack: str) -> None:
    wanted = policies_of(stack)

    for client in ("workers", "api", "ui", "steps"):
        assert connects(wanted, client, "temporal", FRONTEND), client
        assert not connects(wanted, client, "temporal", HISTORY), client
    assert connects(wanted, "temporal", "temporal", HISTORY)
    assert connects(wanted, "temporal", "temporal", 6934)
    for other in ("stranger", "schema"):
        assert not connects(wanted, other, "temporal", FRONTEND), other


def test_temporal_and_the_schema_reach_the_database_and_nobody_else_does() -> None:
    wanted = policies_of("dev")

    reaching = {pod for pod in PODS if connects(wanted, pod, "postgres", DATABASE)}
    assert reaching == {"temporal", "schema"}


def test_the_gateway_reaches_the_api_and_the_login_and_never_the_interface_behind_it() -> None:
    gateway = Peer(namespace="omnify-gateway", pods=dict(gateway_of("prod").pod_labels))
    opened = {
        policy.name: rule.ports for policy in policies_of("prod") for rule in policy.ingress if gateway in rule.peers
    }

    assert opened == {"workflows-api": ("http",), "temporal-ui": ("login",)}
    assert not any(rule.peers == () for policy in policies_of("prod") for rule in policy.ingress)


def test_without_a_login_nobody_reaches_the_interface() -> None:
    (policy,) = [each for each in policies_of("dev") if each.name == "temporal-ui"]

    assert policy.ingress == ()


def test_prometheus_reads_the_metrics_of_temporal_and_the_workers() -> None:
    read = {
        policy.name
        for policy in policies_of("dev", network={"monitoringFrom": [{"namespace": "prometheus"}]})
        for rule in policy.ingress
        if Peer(namespace="prometheus") in rule.peers and rule.ports == ("metrics",)
    }

    assert read == {"temporal", "workers"}


def test_nothing_else_is_allowed() -> None:
    assert policies_of("dev")[-1] == Policy("default-deny", {})
    assert policies_of("prod")[-1] == Policy("default-deny", {})
