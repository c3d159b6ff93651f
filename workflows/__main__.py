"""The program: the gateway's outputs and the settings → Temporal and workers → services and routes on the gateway."""

import sys
from pathlib import Path

# The engine runs this folder, which puts the folder on the path, not the repository whose packages it shares.
_HERE = Path(__file__).resolve().parent
sys.path[:] = [str(_HERE.parent), *(entry for entry in sys.path if Path(entry or ".").resolve() != _HERE)]

import pulumi  # noqa: E402 - needs the path above
import pulumi_kong  # noqa: E402
from pulumi import ResourceOptions  # noqa: E402

from components.configuration import stack_document  # noqa: E402
from components.platform.cluster import cluster_provider  # noqa: E402
from config.cluster import Cluster  # noqa: E402
from config.problems import InvalidSettingsError  # noqa: E402
from omnify_gateway import GatewayApis, GatewayOutputs  # noqa: E402
from workflows.components.platform import WorkflowPlatform  # noqa: E402
from workflows.components.registration import backends, interface_url, registered_apis  # noqa: E402
from workflows.settings.reading import read_settings  # noqa: E402

try:
    settings = read_settings(stack_document())
except InvalidSettingsError as refusal:
    raise pulumi.RunError(str(refusal)) from None

gateway = GatewayOutputs.from_stack(settings.gateway)

cluster = cluster_provider("cluster", Cluster(context=gateway.context, namespace=settings.namespace))
platform = WorkflowPlatform("workflows", settings=settings, gateway=gateway, opts=ResourceOptions(providers=[cluster]))

apis = GatewayApis(
    "workflows-on-the-gateway",
    gateway=gateway,
    provider=pulumi_kong.Provider("kong", kong_admin_uri=gateway.admin_address),
    apis=registered_apis(settings),
    backends=backends(settings),
    after=platform.ready,
)

pulumi.export("urls", apis.urls)
pulumi.export("interface", interface_url(settings, gateway))
