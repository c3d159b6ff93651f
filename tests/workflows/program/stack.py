"""The workflows' program without the engine: beside a gateway's stack whose outputs it reads."""

import asyncio
import runpy
import sys
from collections.abc import Mapping
from typing import Any

import pytest
from pulumi.runtime.config import set_all_config
from pydantic import JsonValue

from components.outputs import GatewayOutputs
from components.platform import password
from config.cluster import Cluster
from config.files import read_files
from gateway.recording import Recording, recorded, text_of
from tests.consumer.gateways import outputs
from tests.program.resources import Resources
from tests.program.stacks import stack_settings as gateway_settings
from workflows.settings.reading import FOLDER
from workflows.settings.stack import PROJECT

KEPT_PASSWORD = "the-password-that-the-cluster-keeps"
STACKS = ("dev", "prod")


def document(stack: str, /, **sections: JsonValue) -> dict[str, JsonValue]:
    """What the stack's files say, some sections (named as in YAML) replaced."""
    return read_files(FOLDER, stack, namespace=PROJECT) | sections


def section(stack: str, name: str, /, **keys: JsonValue) -> dict[str, JsonValue]:
    """One section of a stack, some keys replaced."""
    found = document(stack).get(name)
    return {**(found if isinstance(found, dict) else {}), **keys}


def gateway_of(stack: str) -> GatewayOutputs:
    """What the gateway's stack of the same name exports."""
    return outputs(gateway_settings(stack))


async def recorded_stack(
    says: Mapping[str, JsonValue], stack: str, *, gateway: GatewayOutputs | None = None, preview: bool = False
) -> Recording:
    """What the program registers, with a cluster that keeps a password for the bundled database."""
    exported = {"gateway": dict((gateway or gateway_of(stack)).document())}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(password, "kept_password", _kept_password)
        patch.setattr(sys, "path", [*sys.path])
        return await recorded(
            lambda: _run(says), stack, project=PROJECT, others={str(says["gateway"]): exported}, preview=preview
        )


def record(
    says: Mapping[str, JsonValue], stack: str, *, gateway: GatewayOutputs | None = None, preview: bool = False
) -> Recording:
    """The same, outside of an event loop."""
    return asyncio.run(recorded_stack(says, stack, gateway=gateway, preview=preview))


def resources(stack: str, /, **sections: JsonValue) -> Resources:
    """The resources of a stack."""
    return Resources(record(document(stack, **sections), stack).registrations)


def _run(says: Mapping[str, JsonValue]) -> None:
    set_all_config({f"{PROJECT}:{key}": text_of(value) for key, value in says.items()}, [])
    # As the engine runs it: with the folder on the path, not the repository.
    sys.path.insert(0, str(FOLDER))
    runpy.run_path(str(FOLDER / "__main__.py"), run_name="__main__")


def _kept_password(_cluster: Cluster, _secret: str) -> str:
    return KEPT_PASSWORD


def pods(resources: Resources) -> dict[str, dict[str, Any]]:
    """The pods' specifications, by kind and name of what makes them."""
    made = [each.properties.values for each in resources.objects()]
    return {
        f"{each['kind']}/{each['metadata']['name']}": each["spec"]["template"]["spec"]
        for each in made
        if each["kind"] in {"Deployment", "Job", "StatefulSet"}
    }
