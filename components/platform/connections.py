"""Which connections the gateway's pods may have, as plain rules: what the stack says, and what follows from it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from components.platform.names import (
    ADMIN_TLS,
    KONG,
    MANAGEMENT,
    MANAGER,
    METRICS,
    POSTGRES,
    PROXY,
    PROXY_TLS,
    REDIS,
    selector,
)
from config.admin import AdminInCluster, AdminUrl
from config.auth import JwtAuth, NoAuth
from config.counters import BundledRedis, ExternalRedis
from config.database import BundledDatabase
from config.network import Peer
from config.proxy_service import LoadBalancerService
from config.raw import RawEntities
from config.stack import StackSettings
from config.tls import CertManagerTls
from config.vocabulary import is_address
from entities import management as management_api

POSTGRES_PORT = 5432
_DNS_PORT = 53
_ACME_PORT = 8089
_TARGET_PORT = 8000
"""Where a target is that says no port (Kong: kong/db/schema/entities/targets.lua)."""
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_ANYWHERE = (Peer(cidr="0.0.0.0/0"), Peer(cidr="::/0"))
_GATEWAY = selector(KONG, "gateway")
_MIGRATIONS = selector(KONG, "migrations")
_DATABASE = selector(POSTGRES, "database")
_COUNTERS = selector(REDIS, "counters")
_MANAGEMENT = selector(MANAGEMENT, "management")
_HTTPS_PORTS = (443, 6443)
"""Of API servers, which are no pods that a policy could name, of realms and of state backends."""


@dataclass(frozen=True)
class Neighbours:
    """Pods of the gateway's own namespace."""

    pods: Mapping[str, str]
    """Their labels; every pod when there are none."""


@dataclass(frozen=True)
class Rule:
    """Connections with some peers at some ports."""

    peers: tuple[Peer | Neighbours, ...]
    """Any of them; everybody when there are none."""
    ports: tuple[int | str, ...] = ()
    """By number, or by their name in the pods; every port when there are none."""
    protocols: tuple[str, ...] = ("TCP",)


@dataclass(frozen=True)
class Policy:
    """The connections of some pods of the namespace. What no policy allows is refused."""

    name: str
    pods: Mapping[str, str]
    """Their labels; every pod when there are none."""
    ingress: tuple[Rule, ...] = ()
    egress: tuple[Rule, ...] = ()


def policies(settings: StackSettings) -> tuple[Policy, ...]:
    """Every policy of a stack: what is allowed, and at last that nothing else is."""
    further = (*_database(settings), *_counters(settings), *_management(settings), *_challenges(settings))
    return (_gateway(settings), *further, Policy("default-deny", {}))


def _database(settings: StackSettings) -> Iterator[Policy]:
    if settings.mode == "dbless":
        return
    yield Policy("kong-migrations", _MIGRATIONS, egress=(_NAMES, *_database_connections(settings)))
    if isinstance(settings.database, BundledDatabase):
        clients = Rule((Neighbours(_GATEWAY), Neighbours(_MIGRATIONS)), (POSTGRES,))
        yield Policy("postgres", _DATABASE, ingress=(clients,))


def _counters(settings: StackSettings) -> Iterator[Policy]:
    if isinstance(settings.counters, BundledRedis):
        yield Policy("redis", _COUNTERS, ingress=(Rule((Neighbours(_GATEWAY),), (REDIS,)),))


def _management(settings: StackSettings) -> Iterator[Policy]:
    management, auth = settings.management, settings.auth
    if management is None:
        return
    egress = [_NAMES, Rule((), _HTTPS_PORTS)]
    if isinstance(settings.admin, AdminInCluster):
        egress.append(Rule((Neighbours(_GATEWAY),), (ADMIN_TLS.port,)))
    elif isinstance(settings.admin, AdminUrl):
        egress.extend(_url(settings.admin.url))
    if not isinstance(auth, NoAuth):
        egress.extend(_url(auth.issuer))
    egress += [Rule((destination.to,), destination.ports) for destination in management.egress]
    ingress = Rule((Neighbours(_GATEWAY),), (management_api.PORT,))
    yield Policy(MANAGEMENT, _MANAGEMENT, ingress=(ingress,), egress=tuple(egress))


def _gateway(settings: StackSettings) -> Policy:
    network = settings.network
    managers = (Neighbours(_MANAGEMENT),) if settings.management is not None else ()
    ingress = (
        *_served(settings),
        Rule(network.monitoring_from, (METRICS.name,)),
        Rule((*network.admin_from, *(managers if network.admin_from else ())), (ADMIN_TLS.port,)),
    )
    # A rule without peers would mean everybody.
    return Policy("kong", _GATEWAY, tuple(rule for rule in ingress if rule.peers), _each_once(_destinations(settings)))


def _each_once(rules: Iterator[Rule]) -> tuple[Rule, ...]:
    """Several things may be at one place."""
    found: list[Rule] = []
    for rule in rules:
        if rule not in found:
            found.append(rule)
    return tuple(found)


def _served(settings: StackSettings) -> Iterator[Rule]:
    """What people come for: Kong Manager only where it is the Ingress controller that asks who they are."""
    network = settings.network
    if isinstance(settings.proxy_service, LoadBalancerService):
        # What the load balancer refuses does not come; what does, may have the client's address or a node's.
        yield Rule(_ANYWHERE, (PROXY.name, PROXY_TLS.port))
    yield Rule(network.ingress_from, (PROXY.name,))
    if settings.ingress.manager_auth is not None:
        yield Rule(network.manager_from, (MANAGER.name,))


def _challenges(settings: StackSettings) -> Iterator[Policy]:
    """The pods with which cert-manager proves that a host is ours run beside the gateway for a while.

    cert-manager: pkg/issuer/acme/http/pod.go; ACME, RFC 8555, section 8.3.
    """
    if isinstance(settings.ingress.tls, CertManagerTls) and settings.network.ingress_from:
        asked = Rule(settings.network.ingress_from, (_ACME_PORT,))
        yield Policy("acme-challenges", {"acme.cert-manager.io/http01-solver": "true"}, ingress=(asked,))


_NAMES = Rule((), (_DNS_PORT,), ("UDP", "TCP"))
"""DNS, wherever it is: a cache on the node is no pod that a policy could name."""


def _destinations(settings: StackSettings) -> Iterator[Rule]:
    yield _NAMES
    if settings.mode == "database":
        yield from _database_connections(settings)
    counters = settings.counters
    if isinstance(counters, BundledRedis):
        yield Rule((Neighbours(_COUNTERS),), (counters.port,))
    elif isinstance(counters, ExternalRedis):
        yield from _server(counters.host, counters.port)
    for backend in settings.backends.values():
        yield from _url(backend)
    if settings.management is not None:
        yield Rule((Neighbours(_MANAGEMENT),), (management_api.PORT,))
    yield from _raw_services(settings.entities)
    if settings.observability.tracing is not None:
        yield from _url(settings.observability.tracing.endpoint)
    # Kong's own `jwt` plugin has its keys; the other kinds fetch them from the realm.
    if not isinstance(settings.auth, JwtAuth | NoAuth):
        yield from _url(settings.auth.issuer)
    yield from (Rule((destination.to,), destination.ports) for destination in settings.network.egress)


def _raw_services(entities: RawEntities) -> Iterator[Rule]:
    """The backends of services in Kong's own terms; a host that is an upstream's name stands for its targets."""
    upstreams = [upstream.get("name") for upstream in entities.upstreams]
    for service in entities.services:
        host, port = service.get("host"), service.get("port", 80)
        if host not in upstreams and isinstance(port, int):
            yield from _server(str(host), port)
    for target in entities.targets:
        host, _, port = str(target.get("target")).rpartition(":")
        yield from _server(host, int(port)) if port.isdecimal() else _server(str(target.get("target")), _TARGET_PORT)


def _database_connections(settings: StackSettings) -> Iterator[Rule]:
    database = settings.database
    if isinstance(database, BundledDatabase):
        yield Rule((Neighbours(_DATABASE),), (POSTGRES_PORT,))
    else:
        yield from _server(database.host, database.port)


def connections_to(url: str) -> tuple[Rule, ...]:
    """Connections to what a URL names."""
    return tuple(_url(url))


def _url(url: str) -> Iterator[Rule]:
    parts = urlsplit(url)
    return _server(parts.hostname or "", parts.port or _DEFAULT_PORTS.get(parts.scheme, 443))


def _server(host: str, port: int) -> Iterator[Rule]:
    """Connections to a server.

    Policies know no names. A Service of the cluster stands for pods of its namespace, at ports that only the Service
    knows; any other name may be any address. A name of one or two parts may be either: resolvers complete it.
    """
    parts = host.split(".")
    if is_address(host):
        yield Rule((Peer(cidr=f"{host}/32"),), (port,))
        return
    service = len(parts) > 2 and parts[2] == "svc"
    if len(parts) == 1:
        yield Rule((Neighbours({}),))
    if (service or len(parts) == 2) and _NAMESPACE.fullmatch(parts[1]):
        yield Rule((Peer(namespace=parts[1]),))
    if not service:
        yield Rule((), (port,))
