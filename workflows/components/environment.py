"""The environment of the workers and of the API, as `omnify_workflows.settings` reads it."""

from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

from components.outputs import GatewayOutputs
from components.platform.environment import Environment
from components.platform.names import PROXY
from workflows.components.names import API_PORT, METRICS_PORT, UI_PORT, frontend_address, service_url
from workflows.settings.stack import WorkflowsSettings
from workflows.settings.workers import Version

HEALTH_PORT = UI_PORT
SECRET_DIRECTORY, SECRET_FILE = "/etc/omnify/service", "client-secret"
_ANYWHERE = "0.0.0.0"  # noqa: S104 (in its pod)
_REALM = "/realms/"


def worker_environment(settings: WorkflowsSettings, gateway: GatewayOutputs, version: Version) -> Environment:
    """What a worker of a version reads."""
    workers, (keycloak, realm) = settings.workers, realm_of(gateway)
    own = {
        "GATEWAY_URL": gateway_url(settings, gateway),
        "KEYCLOAK_URL": keycloak,
        "REALM": realm,
        "CLIENT_ID": workers.service.client,
        "CLIENT_SECRET_FILE": f"{SECRET_DIRECTORY}/{SECRET_FILE}",
        "DEPLOYMENT": workers.deployment,
        "BUILD_ID": version.build_id,
        "WORKFLOW_SLOTS": str(workers.slots.workflow_tasks),
        "ACTIVITY_SLOTS": str(workers.slots.activities),
        "CACHED_WORKFLOWS": str(workers.slots.cached_workflows),
        "GRACE": str(workers.shutdown_seconds),
        "HEALTH_PORT": str(HEALTH_PORT),
        "METRICS_PORT": str(METRICS_PORT),
    }
    return Environment(_prefixed({**_shared(settings), **own}), workers.secrets)


def api_environment(settings: WorkflowsSettings, gateway: GatewayOutputs) -> Environment:
    """What the API reads: it takes the gateway's tokens, and looks at them itself as well."""
    own = {"PORT": str(API_PORT), "ISSUER": gateway.auth.issuer, "AUDIENCE": gateway.auth.audience}
    return Environment(_prefixed({**_shared(settings), **own}))


def gateway_url(settings: WorkflowsSettings, gateway: GatewayOutputs) -> str:
    """Where the activities find the gateway."""
    inside = service_url(gateway.services.proxy, gateway.namespace, PROXY.service_port)
    return settings.workers.gateway_url or inside


def realm_of(gateway: GatewayOutputs) -> tuple[str, str]:
    """Keycloak's URL and the realm's name, as the issuer of the gateway's tokens says them."""
    parts = urlsplit(gateway.auth.issuer)
    before, _, realm = parts.path.partition(_REALM)
    return urlunsplit((parts.scheme, parts.netloc, before, "", "")), realm


def _shared(settings: WorkflowsSettings) -> Mapping[str, str]:
    tracing = settings.observability.tracing
    return {
        "TEMPORAL_ADDRESS": frontend_address(),
        "NAMESPACE": settings.executions.name,
        "LOG_LEVEL": settings.workers.log_level,
        "HOST": _ANYWHERE,
        **({"TRACES_ENDPOINT": tracing.endpoint} if tracing else {}),
    }


def _prefixed(values: Mapping[str, str]) -> Mapping[str, str]:
    return {f"WORKFLOWS_{name}": value for name, value in values.items()}
