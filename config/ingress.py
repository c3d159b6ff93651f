"""`ingress:` the names under which people reach the gateway."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from config.settings import Settings, wrong_key
from config.vocabulary import DnsName, HttpUrl, ObjectName


class Ingress(Settings):
    """The Ingress for the gateway and the one for Kong Manager (Kubernetes: networking.k8s.io/v1)."""

    class_name: ObjectName = "nginx"
    """The IngressClass."""
    gateway_host: DnsName = "kong.omnify.local"
    manager_host: DnsName = "kong-admin.omnify.local"
    tls_secret: ObjectName | None = None
    """A Secret of type kubernetes.io/tls for both hosts. Without it the gateway answers plain HTTP."""
    manager_admin_url: HttpUrl = "http://localhost:8001"
    """Where a browser that shows Kong Manager finds the Admin API. By default a port that its user forwards."""
    annotations: dict[Annotated[str, Field(min_length=1)], str] = Field(default_factory=dict)
    """For the ingress controller, on both Ingresses."""

    @model_validator(mode="after")
    def _two_hosts(self) -> Self:
        if self.gateway_host == self.manager_host:
            raise wrong_key("managerHost", "equals gatewayHost; give Kong Manager a host of its own")
        return self

    @property
    def scheme(self) -> str:
        """`https` when the Ingress ends TLS."""
        return "https" if self.tls_secret else "http"
