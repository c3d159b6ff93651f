"""`admin:` how this program reaches Kong's Admin API, and people Kong Manager.

Nothing else reaches either: without an entry here both listen inside the pods alone, where only those get who may
forward a port.
"""

from typing import Annotated, Literal

from pydantic import Field

from config.counters import SecretKey
from config.network import Cidr
from config.settings import Settings
from config.vocabulary import HttpUrl, KubernetesName, ObjectName


class AdminTunnel(Settings):
    """Through the cluster's API server: the provider forwards a port to a ready Kong pod when it first needs it.

    Works from any place that reaches the cluster, and leaves the Admin API unexposed: it listens inside the pod alone,
    so the credential is the right to forward ports in the gateway's namespace.
    """

    access: Literal["tunnel"]


class AdminInCluster(Settings):
    """From pods of the same cluster, such as a CI runner's or a Pulumi operator's: TLS with client certificates.

    The peers are `network.adminFrom`. The environment variables of the provider name the client's certificate.
    """

    access: Literal["in-cluster"]
    certificate_secret: ObjectName
    """A Secret with the Admin API's certificate (`tls.crt`, `tls.key`) for `kong-admin-tls.<namespace>.svc`, and with
    the authority that signs the certificates of those who may connect (`ca.crt`)."""


class AdminLoopback(Settings):
    """Through the gateway itself: routes of Kong's own on the manager's host lead back to its Admin API.

    For programs and people outside the cluster that may not forward ports. They need TLS, a credential, and an address
    that is allowed. A Job writes these routes before Kong starts; they are no part of what this program manages.
    """

    access: Literal["loopback"]
    allowed: Annotated[tuple[Cidr, ...], Field(min_length=1)]
    """The addresses from which programs and people may come."""
    programs: Annotated[dict[KubernetesName, SecretKey], Field(min_length=1)]
    """Programs by name, such as this one, and where the key of each is. A key has at least 32 characters. To replace
    one, add the new one under another name, use it, and remove the old one."""
    people: dict[KubernetesName, SecretKey] = Field(default_factory=dict)
    """People by the name with which they log in to Kong Manager, and where the password of each is. A password has at
    least 16 characters. Kong Manager is not served to anybody when left out."""


class AdminUrl(Settings):
    """At an address of its own: a gateway that somebody else exposes, or one that is brought in from elsewhere.

    The environment variables of the provider hold the credentials, if it asks for any. The gateway of this stack
    exposes nothing for it.
    """

    access: Literal["url"]
    url: HttpUrl
    """Its address, as the machine that runs `pulumi up` reaches it."""


Admin = Annotated[AdminTunnel | AdminInCluster | AdminLoopback | AdminUrl, Field(discriminator="access")]


class BasicAuthentication(Settings):
    """A user name and a password, which ingress-nginx asks for."""

    by: Literal["basic"]
    secret_name: ObjectName
    """A Secret in the gateway's namespace whose key `auth` holds a file as `htpasswd` writes it."""


class ForwardedAuthentication(Settings):
    """Whatever another service asks for, such as oauth2-proxy: ingress-nginx asks it about each request."""

    by: Literal["forward"]
    url: HttpUrl
    """Answers 2xx for who may pass, as the Ingress controller sees it."""
    sign_in: HttpUrl | None = None
    """Where a browser is sent that may not pass."""


ManagerAuthentication = Annotated[BasicAuthentication | ForwardedAuthentication, Field(discriminator="by")]
"""How the Ingress controller knows who opens Kong Manager, which has no authentication of its own."""
