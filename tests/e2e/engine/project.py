"""This project under the real Pulumi CLI: on a real API server, in a namespace of its own, with its own backend."""

import json
import shutil
import subprocess
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import psutil
import yaml
from pydantic import JsonValue

from gateway.recording import record
from sandbox.cluster.kubeconfig import Cluster
from sandbox.engine.steps import Step
from sandbox.rehearsal.cli import PulumiStack
from sandbox.rehearsal.events import follow
from sandbox.rehearsal.stack import Document, rehearsed
from tests.unit.guard.tokens import public_key

PATIENCE = 300
"""Seconds that an operation may take at most."""
FORGETFUL = {"PULUMI_SKIP_CHECKPOINTS": "true", "PULUMI_EXPERIMENTAL": "true"}
"""With these an update writes its state once, at its end."""


def dev_stack(cluster: Cluster, folder: Path, **sections: JsonValue) -> "Project":
    """The dev stack in a namespace that no other test has, with what the sections say instead."""
    namespace: JsonValue = {"namespace": f"engine-{uuid.uuid4().hex[:8]}"}
    document = rehearsed(
        "dev",
        context=cluster.context,
        public_key=public_key(),
        backend=None,
        overrides={"cluster": namespace, **sections},
    )
    file, backend = folder / "project" / "Pulumi.dev.yaml", folder / "backend"
    project = Project(PulumiStack("dev", file, backend, cluster.kubeconfig), document)
    project.says()
    return project


def unreachable(folder: Path, context: str) -> Path:
    """A kubeconfig with a context of which nobody answers."""
    document: dict[str, object] = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": context, "cluster": {"server": "https://127.0.0.1:1"}}],
        # Without credentials the Kubernetes provider would ask for a user name, and wait for it.
        "users": [{"name": context, "user": {"token": "nobody-asks-for-it"}}],
        "contexts": [{"name": context, "context": {"cluster": context, "user": context}}],
        "current-context": context,
    }
    kubeconfig = folder / "unreachable"
    kubeconfig.write_text(yaml.safe_dump(document))
    return kubeconfig


@dataclass
class Project:
    """One stack of it, and what its stack file says at present."""

    stack: PulumiStack
    document: Document
    secrets: Mapping[str, str] = field(default_factory=dict[str, str])
    """What the stack file refers to and the engine decrypts."""

    @property
    def namespace(self) -> str:
        cluster = self.document["cluster"]
        assert isinstance(cluster, dict)
        return str(cluster["namespace"])

    def sections(self, key: str) -> list[dict[str, Any]]:
        """The entries of a list in the stack file."""
        return cast("list[dict[str, Any]]", self.document[key])

    def says(self, **sections: JsonValue) -> None:
        """Write the stack file with some sections replaced."""
        self.document |= sections
        self.stack.configure(self.document, self.secrets)

    def up(self, *arguments: str, environment: Mapping[str, str] | None = None) -> list[Step]:
        """What `pulumi up` did to each resource."""
        return self._done("up", *arguments, environment=environment)

    def destroy(self) -> list[Step]:
        """What `pulumi destroy` did to each resource."""
        return self._done("destroy")

    def preview(self, *arguments: str) -> Mapping[str, int]:
        """How many resources `pulumi preview` would create, update and so on."""
        return self._preview(*arguments)["changeSummary"]

    def planned(self) -> set[tuple[str, str]]:
        """Types and names of everything that `pulumi preview` would create."""
        urns = [step["urn"].split("::") for step in self._preview()["steps"] if step["op"] == "create"]
        return {(types.rpartition("$")[2], name) for *_, types, name in urns}

    def recorded(self) -> set[tuple[str, str]]:
        """Types and names of what the program registers, without the engine."""
        with ThreadPoolExecutor(max_workers=1) as beside:  # a test's event loop may be running
            recording = beside.submit(record, self.document, self.stack.name, preview=True).result()
        return {(registration.type, registration.name) for registration in recording.registrations}

    def shown(self, *arguments: str) -> str:
        """What a person sees of `pulumi preview`."""
        code, output = self.run("preview", *arguments)
        assert code == 0, output
        return output

    def run(self, *arguments: str) -> tuple[int, str]:
        """Exit code and output of an operation."""
        with self.stack.operate(*arguments) as running:
            output, _ = running.communicate(timeout=PATIENCE)
        return running.returncode, output

    def starting(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start `pulumi up`."""
        return self.stack.operate(*_unattended("up", *arguments))

    def up_killed_after(self, count: int, environment: Mapping[str, str]) -> None:
        """`pulumi up`, which ends by SIGKILL, and all its plugins with it, when so many resources are done."""
        with self.stack.operate(*_unattended("up"), environment={**FORGETFUL, **environment}) as running:
            done = 0
            for line in running.stdout or ():
                done += '"resOutputsEvent"' in line
                if done == count:
                    break
            family = [*psutil.Process(running.pid).children(recursive=True), psutil.Process(running.pid)]
            for process in reversed(family):
                process.kill()
        assert done == count, "the update ended before"

    def lose_state(self) -> None:
        """Throw the backend away; a new one knows the stack by its name only."""
        shutil.rmtree(self.stack.backend)
        self.says()

    def state(self) -> str:
        """Everything that the backend keeps."""
        files = [file for file in self.stack.backend.rglob("*") if file.is_file()]
        return "\n".join(file.read_text() for file in files)

    def _done(self, *arguments: str, environment: Mapping[str, str] | None = None) -> list[Step]:
        steps: list[Step] = []
        with self.stack.operate(*_unattended(*arguments), environment=environment) as running:
            errors = follow(running.stdout or (), steps.append, lambda waiting: None)
        assert running.returncode == 0, "\n".join(errors)
        return steps

    def _preview(self, *arguments: str) -> Any:
        code, output = self.run("preview", "--json", *arguments)
        assert code == 0, output
        return json.loads(output[output.index("{") :])


def _unattended(*arguments: str) -> tuple[str, ...]:
    return (*arguments, "--yes", "--skip-preview", "--json")
