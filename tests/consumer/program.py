"""The program in examples/consumer, without the engine: beside a gateway's stack whose outputs it reads."""

import runpy
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pulumi.runtime.config import set_all_config

from components.outputs import GatewayOutputs
from gateway.recording import Recording, recorded

EXAMPLE = Path(__file__).parents[2] / "examples" / "consumer"
PROJECT = "reports"
GATEWAY = "organization/omnify-gateway/dev"
"""The stack that its stack file names."""


async def consumer(gateway: GatewayOutputs, stack: str = "dev", *, preview: bool = False) -> Recording:
    """What the program registers on a gateway."""
    others = {GATEWAY: {"gateway": dict(gateway.document())}}
    return await recorded(_run, stack, project=PROJECT, others=others, preview=preview)


def _run() -> None:
    set_all_config({"reports:gateway": GATEWAY, "reports:image": "python:3.13-alpine"}, [])
    # As a Pulumi program, it finds the modules of its own folder.
    sys.path.insert(0, str(EXAMPLE))
    try:
        runpy.run_path(str(EXAMPLE / "__main__.py"), run_name="__main__")
    finally:
        sys.path.remove(str(EXAMPLE))


def inputs_by_name(recording: Recording, type_: str) -> Mapping[str, dict[str, Any]]:
    """The inputs of the resources of a type, by their names in the program."""
    found = {each.name: each.properties.values for each in recording.registrations if each.type == type_}
    assert found, f"there is no {type_}"
    return found
