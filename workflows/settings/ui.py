"""`ui:` Temporal's web interface, for administrators."""

from typing import Annotated

from pydantic import Field

from config.counters import SecretKey
from config.platform import Amounts, Resources
from config.settings import Settings
from config.vocabulary import ImageReference, Replicas


class Login(Settings):
    """Who gets in by the gateway: a browser logs in at the gateway's realm, and whoever has the role passes.

    oauth2-proxy asks, in the interface's own pods; nothing else of them can be reached.
    """

    role: Annotated[str, Field(pattern=r"^[A-Za-z0-9_:.-]{1,255}$")] = "gateway-admin"
    """The role of the realm that lets somebody in; `CLIENT:ROLE` is a role of a client. The default is that of the
    management API's administrators."""
    client: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,255}$")] = "omnify-workflows-ui"
    """The realm's client as which people log in: confidential, with the authorisation code and PKCE."""
    client_secret: SecretKey
    """Where that client's secret is."""
    cookie_secret: SecretKey
    """Where the key is that sessions are encrypted with: 32 random bytes, in base64 (`openssl rand -base64 32 | tr --
    '+/' '-_'`)."""
    image: ImageReference = "quay.io/oauth2-proxy/oauth2-proxy:v7.15.2"
    """oauth2-proxy's image."""


class Ui(Settings):
    """The interface's Deployment."""

    image: ImageReference = "temporalio/ui:2.52.0"
    """Its image."""
    replicas: Replicas = 1
    """How many pods run."""
    resources: Resources = Resources(
        requests=Amounts(cpu="50m", memory="64Mi"), limits=Amounts(cpu="500m", memory="256Mi")
    )
    """What each pod asks for and what it may use."""
    read_only: bool = False
    """Whether it shows workflows alone, and lets nobody terminate, signal or reset one."""
    login: Login | None = None
    """Who gets in by the gateway. Without it the gateway has no route there, and whoever may forward a port gets in:
    `kubectl -n NAMESPACE port-forward svc/temporal-ui 8080`."""
