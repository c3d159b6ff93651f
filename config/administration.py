"""The rules between `admin:` and the other sections: what would leave Kong's Admin API open, or out of reach."""

from collections.abc import Iterator

from config.admin import Admin, AdminInCluster, AdminLoopback
from config.edge import sees_clients
from config.ingress import Ingress
from config.network import Network
from config.problems import Problem
from config.proxy_service import ProxyService


def admin_peers_are_named(admin: Admin, network: Network) -> Iterator[Problem]:
    """Peers are for an Admin API that listens to the cluster, and such a one is for named peers alone."""
    listens = isinstance(admin, AdminInCluster)
    if listens and not network.admin_from:
        yield Problem(
            ("network", "adminFrom"),
            "is missing with admin.access 'in-cluster', so nobody could connect; name the pods that may, such as "
            "[{namespace: ci, pods: {app: runner}}]",
        )
    if listens and not network.enforced:
        yield Problem(
            ("network", "enforced"),
            "must be true with admin.access 'in-cluster': policies keep other pods from the Admin API",
        )
    if network.admin_from and not listens:
        yield Problem(
            ("network", "adminFrom"),
            f"lets peers in where nothing listens: with admin.access {admin.access!r} the Admin API is inside the pod "
            "alone; remove it, or write admin: {access: in-cluster, certificateSecret: …}",
        )


def loopback_is_safe(
    mode: str, admin: Admin, ingress: Ingress, network: Network, proxy_service: ProxyService
) -> Iterator[Problem]:
    """The loopback is kept in Kong's database, carries a key, and goes by addresses."""
    if not isinstance(admin, AdminLoopback):
        return
    if mode == "dbless":
        yield Problem(
            ("admin", "access"),
            "'loopback' is kept in Kong's database, which mode 'dbless' has not; write 'tunnel', or 'in-cluster'",
        )
    if ingress.tls is None:
        yield Problem(
            ("admin", "access"),
            "'loopback' would carry its keys in the clear; write ingress.tls, or 'tunnel'",
        )
    if not sees_clients(proxy_service, network):
        yield Problem(
            ("network", "trustedProxies"),
            "is missing with admin.access 'loopback': Kong would take the Ingress controller for every caller, and "
            "every request for plain HTTP; write the controller's addresses, such as [10.0.0.0/8]",
        )


def one_asks_for_kong_manager(admin: Admin, ingress: Ingress) -> Iterator[Problem]:
    """Kong Manager has no authentication of its own: somebody must ask, and knowing how."""
    if ingress.manager_auth is None:
        return
    if isinstance(admin, AdminLoopback):
        yield Problem(
            ("ingress", "managerAuth"),
            "would stand before the loopback, where programs have a key and no password; remove it, and name who may "
            "use Kong Manager under admin.people",
        )
    if ingress.known_controller != "ingress-nginx":
        yield Problem(
            ("ingress", "managerAuth"),
            f"is what ingress-nginx asks for, and nobody knows that the controller of class {ingress.class_name!r} "
            "would; remove it and forward a port, or write admin: {access: loopback} with people",
        )
