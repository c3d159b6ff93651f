"""`ingress:` the names under which people reach the gateway, and their TLS."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self, cast

from pydantic import Field, model_validator

from config.admin import ManagerAuthentication
from config.settings import Settings, wrong_key
from config.tls import AnyTls
from config.vocabulary import DnsName, HttpUrl, ObjectName

Controller = Literal["ingress-nginx", "haproxy", "aws-alb"]
_CONTROLLERS: Mapping[str, Controller] = {"nginx": "ingress-nginx", "haproxy": "haproxy", "alb": "aws-alb"}
"""By the IngressClass that each one's installation makes."""


class Ingress(Settings):
    """The Ingress for the gateway and the one for Kong Manager (Kubernetes: networking.k8s.io/v1)."""

    class_name: ObjectName = "nginx"
    """The IngressClass."""
    controller: Controller | None = None
    """Which controller serves that class, so that the program knows its annotations. Left out, the class tells:
    `nginx`, `haproxy` and `alb` are named after theirs."""
    gateway_host: DnsName = "kong.omnify.local"
    """The gateway's host name."""
    manager_host: DnsName = "kong-admin.omnify.local"
    """Kong Manager's host name."""
    tls: AnyTls | None = None
    """Whose certificates both hosts show. Without them the gateway answers plain HTTP."""
    manager_auth: ManagerAuthentication | None = None
    """Who asks people that open Kong Manager who they are: ingress-nginx. Left out, Kong Manager has no Ingress, unless
    `admin: {access: loopback}` names people; whoever may forward a port reaches it."""
    manager_admin_url: HttpUrl = "http://localhost:8001"
    """Where a browser that shows Kong Manager finds the Admin API. By default a port that its user forwards. With
    `admin: {access: loopback}` it is a path of the manager's host."""
    annotations: dict[Annotated[str, Field(min_length=1)], str] = Field(default_factory=dict)
    """For the ingress controller, on both Ingresses."""

    @model_validator(mode="before")
    @classmethod
    def _tls_has_a_section(cls, given: object) -> object:
        if isinstance(given, dict) and "tlsSecret" in given:
            secret = cast("dict[str, object]", given)["tlsSecret"]
            raise wrong_key("tlsSecret", f"is part of 'tls' now; write tls: {{ by: secret, secretName: {secret} }}")
        return cast("object", given)

    @model_validator(mode="after")
    def _two_hosts(self) -> Self:
        if self.gateway_host == self.manager_host:
            raise wrong_key("managerHost", "equals gatewayHost; give Kong Manager a host of its own")
        return self

    @property
    def known_controller(self) -> Controller | None:
        """The controller, as far as it is known."""
        return self.controller or _CONTROLLERS.get(self.class_name)

    @property
    def scheme(self) -> str:
        """`https` when there is TLS."""
        return "https" if self.tls else "http"
