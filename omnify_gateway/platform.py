"""What a program is made of that deploys a gateway of its own; `__main__.py` of omnify-gateway shows how."""

from components.configuration import refuse_missing_secrets, stack_document
from components.exports import gateway_outputs
from components.platform.cluster import cluster_provider
from components.platform.names import admin_address
from components.platform.platform import KongPlatform
from components.tracked.entities import KongEntities
from components.tracked.provider import kong_provider
from config.problems import InvalidSettingsError
from config.stack import StackSettings
from entities.administration import seed
from entities.declarative import declarative_yaml
from entities.desired import desired_state
from entities.state import DesiredState, Owner
from entities.validation import validated

__all__ = [
    "DesiredState",
    "InvalidSettingsError",
    "KongEntities",
    "KongPlatform",
    "Owner",
    "StackSettings",
    "admin_address",
    "cluster_provider",
    "declarative_yaml",
    "desired_state",
    "gateway_outputs",
    "kong_provider",
    "refuse_missing_secrets",
    "seed",
    "stack_document",
    "validated",
]
