"""Gateways on which other stacks register routes."""

from typing import Any

from components.exports import gateway_outputs
from components.outputs import GatewayOutputs
from config.stack import StackSettings
from entities.state import Owner
from tests.program.stacks import stack_settings

OWNER = Owner("omnify-gateway", "dev")


def outputs(settings: StackSettings | None = None, /, **sections: Any) -> GatewayOutputs:
    """What a gateway exports: that of the stack dev, some sections replaced."""
    return gateway_outputs(settings or stack_settings("dev", **sections), OWNER)
