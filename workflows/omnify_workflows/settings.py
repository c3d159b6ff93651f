"""How the processes run: one variable of the environment a setting, `WORKFLOWS_…`.

Secrets come as variables or, where a cluster mounts them, as files: `WORKFLOWS_CLIENT_SECRET_FILE` goes before
`WORKFLOWS_CLIENT_SECRET`.
"""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from omnify_workflows.naming import NAMESPACE, TASK_QUEUE

HttpUrl = Annotated[str, Field(pattern=r"^https?://[^/\s]+(/[^\s?#]*[^/\s?#])?$")]
"""A URL without a slash at its end."""
Port = Annotated[int, Field(ge=0, le=65_535)]
"""A port; 0 lets the system choose."""
_CONFIG = SettingsConfigDict(env_prefix="WORKFLOWS_", frozen=True, extra="ignore", use_attribute_docstrings=True)


class TemporalSettings(BaseSettings):
    """Where Temporal is."""

    model_config = _CONFIG

    temporal_address: Annotated[str, Field(pattern=r"^[^\s:/]+:\d+$")] = "127.0.0.1:7233"
    """The frontend, `host:port`."""
    namespace: str = NAMESPACE
    """The namespace of the workflows."""
    task_queue: str = TASK_QUEUE
    """The queue between those who start workflows and the workers."""
    tls_ca_file: Path | None = None
    """The authority that signed the frontend's certificate, in PEM. Setting any `tls_…` turns TLS on."""
    tls_certificate_file: Path | None = None
    """This process's own certificate, where the frontend asks for one."""
    tls_key_file: Path | None = None
    """Its key."""
    tls_server_name: str | None = None
    """The name in the frontend's certificate, where it is not the address's host."""

    @model_validator(mode="after")
    def _certificate_whole(self) -> Self:
        if (self.tls_certificate_file is None) != (self.tls_key_file is None):
            raise ValueError("set WORKFLOWS_TLS_CERTIFICATE_FILE and WORKFLOWS_TLS_KEY_FILE together")
        return self


class ProcessSettings(TemporalSettings):
    """What every process that keeps running has."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """The least that is logged."""
    log_format: Literal["json", "console"] = "json"
    """`json` for machines, `console` for people."""
    traces_endpoint: HttpUrl | None = None
    """Where traces go, OTLP over HTTP, such as `http://collector.monitoring:4318/v1/traces`; none when left out."""


class WorkerSettings(ProcessSettings):
    """How a worker runs."""

    gateway_url: HttpUrl = "http://127.0.0.1:8000"
    """The gateway's proxy, through which OmniFy's API is called."""
    keycloak_url: HttpUrl = "http://127.0.0.1:8080"
    """Keycloak, whose admin API provisions tenants."""
    realm: str = "omnify"
    """The realm of the tenants."""
    token_url: HttpUrl | None = None
    """Where service tokens are had; the realm's own endpoint when left out."""
    client_id: str = "omnify-service"
    """The realm's client as which the worker gets its tokens."""
    client_secret: SecretStr | None = None
    """Its secret."""
    client_secret_file: Path | None = None
    """The file with its secret, read again at each new token, so that a rotation needs no restart."""
    ca_file: Path | None = None
    """The authority that signed the gateway's and Keycloak's certificates, in PEM; the system's own when left out."""

    deployment: str = "omnify-workflows"
    """The Worker Deployment that the workers of all versions are of."""
    build_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._+-]{0,128}$")] = ""
    """This worker's version. A workflow stays with the version that it began on; without one workers are not
    versioned."""

    workflow_slots: Annotated[int, Field(ge=2)] = 100
    """Workflow tasks at once. They take milliseconds of one core; more only helps many small replays."""
    activity_slots: Annotated[int, Field(ge=1)] = 100
    """Activities at once. They wait for answers most of the time; it is also the most connections to the gateway."""
    workflow_pollers: Annotated[int, Field(ge=2)] = 10
    """The most requests that wait for workflow tasks; as many as there is work for are kept."""
    activity_pollers: Annotated[int, Field(ge=1)] = 20
    """The most requests that wait for activities."""
    cached_workflows: Annotated[int, Field(ge=0)] = 1_000
    """Workflows kept in memory, about 0.3 MB each; others are replayed when something happens to them."""
    grace: Annotated[float, Field(gt=0)] = 30.0
    """Seconds that activities have to end at a shutdown; what is cancelled after it is tried again elsewhere. The
    pod's terminationGracePeriodSeconds must be longer by ten."""

    host: str = "127.0.0.1"
    """The address for health and metrics; a pod's is 0.0.0.0."""
    health_port: Port = 8080
    """Answers `/healthz` and `/readyz`."""
    metrics_port: Port = 9090
    """Answers `/metrics`."""

    @model_validator(mode="after")
    def _has_secret(self) -> Self:
        if self.client_secret is None and self.client_secret_file is None:
            raise ValueError(
                "the worker needs the secret of its client in the realm: "
                "set WORKFLOWS_CLIENT_SECRET_FILE or WORKFLOWS_CLIENT_SECRET"
            )
        return self

    @property
    def token_endpoint(self) -> str:
        """Where service tokens are had."""
        return self.token_url or f"{self.keycloak_url}/realms/{self.realm}/protocol/openid-connect/token"

    def secret(self) -> str:
        """The client's secret."""
        if self.client_secret_file is not None:
            return self.client_secret_file.read_text("utf-8").strip()
        return self.client_secret.get_secret_value() if self.client_secret else ""


class RouterSettings(ProcessSettings):
    """How the router runs by itself."""

    host: str = "127.0.0.1"
    """The address to listen on; a pod's is 0.0.0.0."""
    port: Port = 8081
    """The port to listen on."""
    issuer: HttpUrl = "http://127.0.0.1:8080/realms/omnify"
    """The realm whose tokens are taken."""
    audience: str = "omnify-api"
    """What a token must have in `aud`."""
    realm_client: str = "omnify-management"
    """The client whose roles count like those of the realm."""
    jwks_file: Path | None = None
    """The realm's keys in a file; fetched from the realm when left out."""
    jwks_url: HttpUrl | None = None
    """Where to fetch the realm's keys instead."""
    patience: Annotated[float, Field(gt=0)] = 5.0
    """How long Keycloak and a workflow have for an answer, in seconds."""
