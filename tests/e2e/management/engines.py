"""The two engines on one gateway, with Kong's entities alone: what both of them are asked in the same tests."""

import os
import sys
from pathlib import Path

import yaml

from config.files import NAMESPACE
from gateway.recording import PROJECT
from management.engine.automation import AutomationEngine
from management.engine.protocol import Engine
from management.settings import ManagementSettings
from sandbox.management.engine import entities_engine
from sandbox.rehearsal.cli import PASSPHRASE, PulumiStack

_PROGRAM = f'''"""The program without its Kubernetes objects."""

import sys

sys.path.insert(0, {str(PROJECT)!r})

import pulumi
import pulumi_kong

from components.configuration import stack_document
from components.platform.names import admin_address
from components.tracked.entities import KongEntities
from entities.desired import desired_state
from entities.state import Owner
from entities.validation import validated

settings = validated(stack_document())
state = desired_state(settings, Owner(pulumi.get_project(), pulumi.get_stack()))
kong = pulumi_kong.Provider("kong", kong_admin_uri=admin_address(settings))
KongEntities("entities", state=state, provider=kong, ready=[])
'''


def sandbox(settings: ManagementSettings) -> Engine:
    """The sandbox's engine."""
    return entities_engine(settings)


def pulumi(settings: ManagementSettings) -> Engine:
    """Pulumi's Automation API, on a project of the settings' state folder with a backend there."""
    folder = settings.state / "pulumi"
    environment = {"PULUMI_BACKEND_URL": (folder / "backend").as_uri(), "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE}
    if not folder.exists():
        _make(folder, settings, environment)
    return AutomationEngine(settings.stack, environment, folder)


def _make(folder: Path, settings: ManagementSettings, environment: dict[str, str]) -> None:
    (folder / "backend").mkdir(parents=True)
    (folder / "__main__.py").write_text(_PROGRAM)
    interpreter = Path(sys.executable).parent.parent
    document = {
        "name": NAMESPACE,
        "runtime": {"name": "python", "options": {"toolchain": "pip", "virtualenv": str(interpreter)}},
        "plugins": {"providers": [{"name": "kong", "path": str(PROJECT / "provider")}]},
        "config": yaml.safe_load((PROJECT / "Pulumi.yaml").read_text())["config"],
    }
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(document, sort_keys=False))
    stack = PulumiStack(settings.stack, settings.file, folder / "backend", folder / "none")
    os.environ.update(environment)
    stack.ask("stack", "init", settings.stack, "--no-select", "--cwd", str(folder))
    # The salt stands where the CLI works; what it decrypts, it finds in the stack's own file.
    salt = yaml.safe_load((folder / f"Pulumi.{settings.stack}.yaml").read_text())["encryptionsalt"]
    settings.file.write_text(f"encryptionsalt: {salt}\n{settings.file.read_text()}")


FACTORIES = {"sandbox": sandbox, "pulumi": pulumi}
