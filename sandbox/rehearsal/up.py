"""`make up`: cluster, gateway, stack, and real requests through it; `make down` takes all of it away."""

import asyncio
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

from filelock import FileLock
from pydantic import JsonValue

from components.outputs import GatewayOutputs
from config.files import StackFileError
from config.problems import InvalidSettingsError
from config.stack import StackSettings
from entities.validation import validated
from gateway.verification import GatewayUnreachableError, LiveTable, Outcome, SigningKey, Status, Target, verify
from sandbox.cluster.build import BuildError
from sandbox.cluster.controlplane import ClusterError
from sandbox.cluster.kubeconfig import Cluster, KubeconfigError
from sandbox.cluster.objects import NotReadyError, RefusedError
from sandbox.cluster.progress import Progress, Report
from sandbox.engine.steps import Step
from sandbox.rehearsal import realm
from sandbox.rehearsal.appliers import ApplyError, applier, write_outputs
from sandbox.rehearsal.display import Display, Line, summary
from sandbox.rehearsal.gateway import GatewayError
from sandbox.rehearsal.layout import Layout
from sandbox.rehearsal.places import Reachable, place
from sandbox.rehearsal.stack import Document, rehearsed

_FAILURES = (
    ApplyError,
    BuildError,
    ClusterError,
    ConnectionError,
    GatewayError,
    GatewayUnreachableError,
    InvalidSettingsError,
    KubeconfigError,
    NotReadyError,
    RefusedError,
    StackFileError,
)


class RehearsalError(Exception):
    """A step failed; says which, why, and where its logs are."""

    def __init__(self, step: str, reason: str, logs: str) -> None:
        super().__init__(f"{step}: {reason}")
        self.step, self.reason, self.logs = step, reason, logs


class Rehearsal:
    """One stack, from its files to a gateway that answers, on this machine."""

    def __init__(self, stack: str, layout: Layout, display: Display, overrides: Mapping[str, JsonValue]) -> None:
        self._stack = stack
        self._layout = layout
        self._display = display
        self._overrides = overrides
        self._place = place(layout)

    def up(self) -> bool:
        """Bring everything up and send requests through it; whether all was found right. Another rehearsal waits.

        Raises:
            RehearsalError: a step failed.
        """
        self._layout.root.mkdir(parents=True, exist_ok=True)
        with FileLock(self._layout.lock):
            key = realm.signing_key(self._layout.signing_key)
            cluster = self._cluster()
            document, settings = self._settings(cluster, realm.public_key(key))
            with self._step("gateway processes"):
                self._place.prepare(self._stack, settings, cluster)
            outputs = self._apply(document, cluster)
            if settings.mode == "dbless":
                with self._step("kong.yml, as the pods mount it"):
                    self._place.applied(settings, cluster)
            return self._verified(outputs, key)

    def down(self) -> None:
        """Remove the stack, then what runs. Raises as `up` does."""
        with FileLock(self._layout.lock):
            cluster = self._cluster()
            with self._step(f"stack {self._stack}") as line:
                steps: list[Step] = []
                applier(self._stack, self._layout, cluster).destroy(steps.append, line.at)
                line.done = f"stack {self._stack}: {summary(steps)}"
            with self._step("rehearsal"):
                self._place.leave(cluster)

    def _cluster(self) -> Cluster:
        with self._step("Kubernetes") as line:
            cluster = self._place.cluster(_onto(line))
            os.environ["KUBECONFIG"] = str(cluster.kubeconfig)
            line.done = f"Kubernetes, context {cluster.context}"
        return cluster

    def _settings(self, cluster: Cluster, public_key: str) -> tuple[Document, StackSettings]:
        with self._step(f"settings of stack {self._stack}"):
            document = rehearsed(
                self._stack,
                context=cluster.context,
                public_key=public_key,
                backend=self._place.backend,
                overrides=self._overrides,
            )
            return document, validated(document)

    def _apply(self, document: Document, cluster: Cluster) -> GatewayOutputs:
        engine = applier(self._stack, self._layout, cluster)
        steps: list[Step] = []
        with self._step(f"stack {self._stack} ({engine.title})") as line:

            def report(step: Step) -> None:
                steps.append(step)
                line.at(f"{len(steps)} resources, {step.name} {step.action}")

            outputs: Mapping[str, Any] = engine.apply(document, report, line.at)
            line.done += f": {summary(steps)}" if steps else ""
        self._display.changes(steps)
        write_outputs(outputs, self._layout.outputs(self._stack))
        return GatewayOutputs.model_validate(outputs["gateway"])

    def _verified(self, outputs: GatewayOutputs, key: str) -> bool:
        try:
            outcomes, reached = asyncio.run(self._verify(outputs, key))
        except _FAILURES as error:
            raise RehearsalError("verification", str(error), str(self._layout.logs)) from error
        self._display.look_around(self._ways(outputs, reached))
        return all(outcome.status is not Status.FAILED for outcome in outcomes)

    async def _verify(self, outputs: GatewayOutputs, key: str) -> tuple[list[Outcome], Reachable]:
        async with self._place.reached(outputs) as reached:
            target = Target(
                outputs=outputs,
                url=reached.proxy,
                host=outputs.urls.gateway.partition("://")[2],
                metrics_url=reached.metrics,
            )
            with LiveTable(self._display.console) as table:
                outcomes = await verify(target, SigningKey(key, outputs.auth), begin=table.begin, report=table.report)
            table.summarise()
            return outcomes, reached

    def _ways(self, outputs: GatewayOutputs, reached: Reachable) -> list[tuple[str, str]]:
        """How to look around in what is up."""
        host = outputs.urls.gateway.partition("://")[2]
        return [
            ("gateway", f"curl -i -H 'Host: {host}' {reached.proxy}/health"),
            ("metrics", f"curl -s {reached.metrics}"),
            ("cluster", f"kubectl --kubeconfig {os.environ['KUBECONFIG']} -n {outputs.namespace} get all"),
            ("outputs", str(self._layout.outputs(self._stack))),
            ("logs", str(self._layout.logs)),
            ("again", f"make up STACK={self._stack}    (changes what differs)"),
            ("away", f"make down STACK={self._stack}"),
        ]

    @contextmanager
    def _step(self, title: str) -> Generator[Line]:
        try:
            with self._display.step(title) as line:
                yield line
        except _FAILURES as error:
            raise RehearsalError(title, str(error), str(self._layout.logs)) from error


def _onto(line: Line) -> Report:
    def report(progress: Progress) -> None:
        line.at(str(progress))

    return report
