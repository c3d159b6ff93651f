"""How people come to Kong Manager by its host: never without somebody who asks who they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from components.platform.names import MANAGER, PROXY, Listener
from config.admin import AdminLoopback, BasicAuthentication, ManagerAuthentication
from config.edge import tls_end
from config.stack import StackSettings


@dataclass(frozen=True)
class ManagerEntrance:
    """Where the Ingress of the manager's host leads, and what it asks on the way."""

    listener: Listener
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])


def manager_entrance(settings: StackSettings) -> ManagerEntrance | None:
    """The Ingress of the manager's host; none where nobody would ask who comes, and none that leads around Kong's TLS.

    The loopback asks by itself, so there the host leads to the proxy like the gateway's own.
    """
    if isinstance(settings.admin, AdminLoopback):
        return None if tls_end(settings.ingress, settings.proxy_service) == "kong" else ManagerEntrance(PROXY)
    if settings.ingress.manager_auth is not None:
        return ManagerEntrance(MANAGER, _asking(settings.ingress.manager_auth))
    return None


def _asking(by: ManagerAuthentication) -> Mapping[str, str]:
    """What makes ingress-nginx ask (ingress-nginx: docs/user-guide/nginx-configuration/annotations.md)."""
    # `any` would let allowed addresses pass without a password.
    wanted = {"satisfy": "all"}
    if isinstance(by, BasicAuthentication):
        wanted |= {"auth-type": "basic", "auth-secret": by.secret_name, "auth-realm": "Kong Manager"}
    else:
        wanted |= {"auth-url": by.url} | ({"auth-signin": by.sign_in} if by.sign_in else {})
    return {f"nginx.ingress.kubernetes.io/{name}": value for name, value in wanted.items()}
