"""`make up`: cluster, gateway, stack, and real requests through it; `make down` takes all of it away."""

import asyncio
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import kr8s
from filelock import FileLock, Timeout
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
from sandbox.rehearsal.places import Place, Reachable
from sandbox.rehearsal.seeding import SeedingError
from sandbox.rehearsal.stack import Document, rehearsed, write_stack_file

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
    SeedingError,
    StackFileError,
    httpx.TransportError,
    kr8s.APITimeoutError,
    kr8s.ServerError,
)


class RehearsalError(Exception):
    """A step failed; says which, why, and where its log is, if there is one."""

    def __init__(self, step: str, reason: str, log: Path | None = None) -> None:
        super().__init__(f"{step}: {reason}")
        self.step, self.reason, self.log = step, reason, log


class Rehearsal:
    """One stack, from its files to a gateway that answers."""

    def __init__(self, stack: str, at: Place, display: Display, overrides: Mapping[str, JsonValue]) -> None:
        self._stack = stack
        self._place = at
        self._layout = at.layout
        self._display = display
        self._overrides = overrides

    def up(self) -> bool:
        """Bring everything up and send requests through it; whether all was found right. Another rehearsal waits.

        Raises:
            RehearsalError: a step failed.
        """
        with self._alone():
            key = realm.signing_key(self._layout.signing_key)
            document, settings = self._settings(realm.public_key(key))
            cluster = self._cluster()
            self._layout.keep(self._stack, document)
            write_stack_file(document, self._layout.stack_file(self._stack))
            self._prepare(settings, cluster)
            outputs = self._apply(document, cluster)
            if settings.mode == "dbless":
                with self._step("kong.yml, as the pods mount it"):
                    self._place.applied(settings, cluster)
            return self._verified(outputs, key)

    def down(self) -> None:
        """Remove the stack, and what runs when no other stack needs it. Raises as `up` does."""
        with self._alone():
            document = self._layout.kept(self._stack)
            if document is not None:
                self._remove(document)
            others = self._layout.stacks()
            if others:
                self._display.say(f"The cluster stays for {', '.join(others)}: make down STACK={others[0]}")
            elif document is None and not self._layout.cluster.exists():
                self._display.say(f"Nothing of stack {self._stack} is up.")
            else:
                with self._step("everything that ran"):
                    self._place.leave()

    def _remove(self, document: Document) -> None:
        cluster = self._cluster()
        # Kong's entities are deleted through the gateway that has them.
        self._prepare(validated(document), cluster)
        with self._step(f"stack {self._stack}") as line:
            steps: list[Step] = []
            applier(self._stack, self._layout, cluster).destroy(steps.append, line.at)
            line.done += f": {summary(steps)}" if steps else " is gone"
        self._layout.forget(self._stack)

    def _settings(self, public_key: str) -> tuple[Document, StackSettings]:
        """Before anything runs, so that what is wrong in a stack's files is said at once."""
        with self._step(f"settings of stack {self._stack}"):
            document = rehearsed(
                self._stack,
                context=self._place.context,
                public_key=public_key,
                backend=self._place.backend,
                overrides=self._overrides,
            )
            return document, validated(document)

    def _cluster(self) -> Cluster:
        with self._step("Kubernetes") as line:
            cluster = self._place.cluster(_onto(line))
            os.environ["KUBECONFIG"] = str(cluster.kubeconfig)
            line.done = f"Kubernetes, context {cluster.context}"
        return cluster

    def _prepare(self, settings: StackSettings, cluster: Cluster) -> None:
        with self._step(self._place.preparation):
            self._place.prepare(self._stack, settings, cluster)

    def _apply(self, document: Document, cluster: Cluster) -> GatewayOutputs:
        engine = applier(self._stack, self._layout, cluster)
        steps: list[Step] = []
        try:
            with self._step(f"stack {self._stack} ({engine.title})") as line:
                outputs: Mapping[str, Any] = engine.apply(document, steps.append, line.at)
                line.done += f": {summary(steps)}" if steps else ""
        finally:
            # What was done before a failure is done.
            self._display.changes(steps)
        write_outputs(outputs, self._layout.outputs(self._stack))
        return GatewayOutputs.model_validate(outputs["gateway"])

    def _verified(self, outputs: GatewayOutputs, key: str) -> bool:
        try:
            outcomes, reached = asyncio.run(self._verify(outputs, key))
        except _FAILURES as error:
            raise self._failed("verification", error) from error
        self._display.facts("outputs", self._facts(outputs))
        self._display.facts("look around", self._ways(outputs, reached))
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
                outcomes = await verify(
                    target, SigningKey(key, outputs.auth), begin=table.begin, report=table.report, exhaust=True
                )
            table.summarise()
            return outcomes, reached

    def _facts(self, outputs: GatewayOutputs) -> list[tuple[str, str]]:
        """The outputs that people ask for."""
        versions = outputs.versions
        return [
            ("gateway", outputs.urls.gateway),
            ("manager", outputs.urls.manager),
            ("namespace", f"{outputs.namespace} of context {outputs.context}"),
            ("routes", ", ".join(route.name for route in outputs.routes)),
            ("tiers", ", ".join(f"{tier.name} {tier.limits.minute:,} a minute" for tier in outputs.tiers)),
            ("kong", f"{versions.image}, edition {versions.edition}, mode {versions.mode}"),
            ("all", str(self._layout.outputs(self._stack))),
        ]

    def _ways(self, outputs: GatewayOutputs, reached: Reachable) -> list[tuple[str, str]]:
        """How to look around in what is up."""
        host = outputs.urls.gateway.partition("://")[2]
        file = f"--config-file {self._layout.stack_file(self._stack)}"
        return [
            ("gateway", f"curl -i -H 'Host: {host}' {reached.proxy}/health"),
            ("metrics", f"curl -s {reached.metrics}"),
            ("cluster", f"kubectl --kubeconfig {os.environ['KUBECONFIG']} -n {outputs.namespace} get all"),
            ("drift", f"KUBECONFIG={os.environ['KUBECONFIG']} python -m gateway drift --stack {self._stack} {file}"),
            ("logs", str(self._layout.logs)),
            ("again", f"make up STACK={self._stack}    (changes what differs)"),
            ("away", f"make down STACK={self._stack}"),
        ]

    @contextmanager
    def _alone(self) -> Generator[None]:
        """One run at a time in a place; and from here on, what is done is logged."""
        self._layout.root.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._layout.lock)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            with self._display.step("another rehearsal, which was under way") as line:
                line.at("waiting for it to end")
                lock.acquire()
        try:
            self._display.log_to(self._layout.log)
            yield
        finally:
            lock.release()

    @contextmanager
    def _step(self, title: str) -> Generator[Line]:
        try:
            with self._display.step(title) as line:
                yield line
        except _FAILURES as error:
            raise self._failed(title, error) from error

    def _failed(self, step: str, error: Exception) -> RehearsalError:
        return RehearsalError(step, str(error) or type(error).__name__, self._layout.log)


def _onto(line: Line) -> Report:
    def report(progress: Progress) -> None:
        line.at(str(progress))

    return report
