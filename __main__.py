"""The program: settings → platform → entities → outputs."""

import pulumi
from pulumi import ResourceOptions

from components.configuration import refuse_missing_secrets, stack_document
from components.exports import gateway_outputs
from components.platform.cluster import cluster_provider
from components.platform.names import admin_address
from components.platform.platform import KongPlatform
from components.tracked.entities import KongEntities
from components.tracked.provider import kong_provider
from config.problems import InvalidSettingsError
from entities.administration import seed
from entities.declarative import declarative_yaml
from entities.desired import desired_state
from entities.state import Owner
from entities.validation import validated

try:
    settings = validated(stack_document())
    refuse_missing_secrets(settings)
except InvalidSettingsError as refusal:
    raise pulumi.RunError(str(refusal)) from None

owner = Owner(pulumi.get_project(), pulumi.get_stack())
state = desired_state(settings, owner)

cluster = cluster_provider("cluster", settings.cluster)
platform = KongPlatform(
    "kong",
    settings=settings,
    declarative=declarative_yaml(state) if settings.mode == "dbless" else None,
    seed=seed(settings, owner),
    opts=ResourceOptions(providers=[cluster]),
)

if settings.mode == "database":
    # A string that is known before anything exists: with an output here, previews could check nothing.
    address = admin_address(settings)
    kong = kong_provider("kong", address, settings.platform.custom_plugins)
    KongEntities("entities", state=state, provider=kong, ready=platform.ready)

pulumi.export("gateway", gateway_outputs(settings, owner).document())
