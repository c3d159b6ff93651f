"""`temporal:` how Temporal's own services run."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from config.platform import Amounts, DisruptionBudget, Resources, Scheduling
from config.settings import Settings, wrong_key
from config.vocabulary import ImageReference, Replicas, Seconds

Service = Literal["frontend", "history", "matching", "worker"]
"""What a Temporal server is made of (Temporal: temporal/server.go, Services). `worker` runs Temporal's own workflows,
such as schedules; OmniFy's run in `workers`."""
SERVICES: tuple[Service, ...] = ("frontend", "history", "matching", "worker")


class Pods(Settings):
    """Pods of one Deployment."""

    replicas: Replicas = 1
    """How many pods run."""
    resources: Resources = Resources(
        requests=Amounts(cpu="250m", memory="512Mi"), limits=Amounts(cpu="1", memory="1Gi")
    )
    """What each of them asks for and what it may use."""
    disruption_budget: DisruptionBudget | None = DisruptionBudget(max_unavailable=1)
    """How many may go at once when nodes are drained, where there are several; `null`: all of them."""

    @model_validator(mode="after")
    def _nodes_can_be_drained(self) -> Self:
        budget = self.disruption_budget
        if budget is not None and budget.min_available is not None and budget.min_available >= self.replicas:
            advice = (
                f"write at most {self.replicas - 1}" if self.replicas > 1 else "remove the budget, or run two replicas"
            )
            raise wrong_key(
                "disruptionBudget.minAvailable",
                f"{budget.min_available} of {self.replicas} pods must stay, so no node could ever be drained; {advice}",
            )
        return self


class Together(Pods):
    """All services in one Deployment: for development."""

    kind: Literal["together"]


class Apart(Settings):
    """A Deployment for each service, so that each has the pods that it needs."""

    kind: Literal["apart"]
    frontend: Pods = Pods()
    """Takes requests of clients and workers."""
    history: Pods = Pods()
    """Keeps the workflows, each in one of the shards, which its pods share among themselves."""
    matching: Pods = Pods()
    """Hands tasks to workers."""
    worker: Pods = Pods()
    """Runs Temporal's own workflows, such as schedules and the draining of worker versions."""

    def of(self, service: Service) -> Pods:
        """The pods of a service."""
        pods: Pods = getattr(self, service)
        return pods


class Temporal(Settings):
    """Temporal's server, schema tools and services."""

    image: ImageReference = "temporalio/server:1.31.2"
    """The server's image. Go up one minor version at a time (Temporal: docs, Upgrade the Temporal Server)."""
    tools_image: ImageReference = "temporalio/admin-tools:1.31.2"
    """The image with the schema and its tool; of the server's own version."""
    shards: Annotated[int, Field(ge=1, le=16_384, title="shards", examples=[512])] = 512
    """Into how many parts workflows are divided (numHistoryShards). It can never change: another number makes every
    workflow that there is unreachable."""
    layout: Annotated[Together | Apart, Field(discriminator="kind")] = Together(kind="together")
    """Whether the services share one Deployment or have one each."""
    scheduling: Scheduling = Scheduling()
    """On which nodes the pods run."""
    drain_seconds: Seconds = 10
    """How long a pod that is to end still answers, so that the others forget it (frontend.shutdownDrainDuration and its
    like)."""
    grace_period_seconds: Seconds = 60
    """How long Kubernetes waits for a pod to end before it kills it; includes the drain."""
    log_level: Literal["debug", "info", "warn", "error"] = "info"
    """Temporal's own log level."""

    @model_validator(mode="after")
    def _time_to_drain(self) -> Self:
        if self.drain_seconds >= self.grace_period_seconds:
            raise wrong_key(
                "drainSeconds",
                f"the drain of {self.drain_seconds} s leaves nothing of the grace period of "
                f"{self.grace_period_seconds} s; write at most {max(self.grace_period_seconds - 10, 0)}, "
                f"or {self.drain_seconds + 30} for gracePeriodSeconds",
            )
        return self
