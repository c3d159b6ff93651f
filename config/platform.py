"""`platform:` how Kong's pods run."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from config.settings import Settings, wrong_key
from config.vocabulary import CpuQuantity, ImageReference, MemoryQuantity, Replicas, Seconds


def cores(quantity: str) -> float:
    """A CPU quantity in cores."""
    return float(quantity[:-1]) / 1000 if quantity.endswith("m") else float(quantity)


def binary_bytes(quantity: str) -> int:
    """A memory quantity in bytes."""
    return int(quantity[:-2]) * 1024 ** ("Ki", "Mi", "Gi", "Ti").index(quantity[-2:]) * 1024


class Amounts(Settings):
    """CPU and memory."""

    cpu: CpuQuantity
    """In cores or millicores, such as '500m'."""
    memory: MemoryQuantity
    """In binary units, such as '512Mi'."""


class Resources(Settings):
    """What a Kong pod asks for and what it may use (Kubernetes: ResourceRequirements)."""

    requests: Amounts = Amounts(cpu="250m", memory="512Mi")
    limits: Amounts = Amounts(cpu="1", memory="1Gi")

    @model_validator(mode="after")
    def _requests_fit_limits(self) -> Self:
        if cores(self.requests.cpu) > cores(self.limits.cpu):
            raise wrong_key("requests.cpu", f"is above limits.cpu; write at most '{self.limits.cpu}'")
        if binary_bytes(self.requests.memory) > binary_bytes(self.limits.memory):
            raise wrong_key("requests.memory", f"is above limits.memory; write at most '{self.limits.memory}'")
        return self


class Autoscaling(Settings):
    """A HorizontalPodAutoscaler over Kong's Deployment (Kubernetes: autoscaling/v2)."""

    min_replicas: Replicas
    """The fewest pods; at least `replicas`."""
    max_replicas: Replicas
    """The most pods."""
    cpu_percent: Annotated[int, Field(ge=1, le=100)] = 70
    """Average CPU use, in percent of the request, above which pods are added."""

    @model_validator(mode="after")
    def _room_to_grow(self) -> Self:
        if self.max_replicas < self.min_replicas:
            raise wrong_key("maxReplicas", f"is below minReplicas; write at least {self.min_replicas}")
        return self


class DisruptionBudget(Settings):
    """How many pods must stay when nodes are drained (Kubernetes: policy/v1 PodDisruptionBudget)."""

    min_available: Replicas
    """The pods that must stay; fewer than there are."""


class Platform(Settings):
    """Kong's Deployment."""

    image: ImageReference = "kong:3.9.1"
    """Kong's image. OSS ends with 3.9."""
    replicas: Replicas = 1
    """How many pods run; with autoscaling, the floor that `minReplicas` must keep."""
    resources: Resources = Resources()
    drain_seconds: Seconds = 15
    """How long a pod that is to end goes on answering, so that load balancers forget it (preStop)."""
    grace_period_seconds: Seconds = 90
    """How long Kubernetes waits for a pod to end before it kills it; includes the drain."""
    autoscaling: Autoscaling | None = None
    disruption_budget: DisruptionBudget | None = None
    log_level: Literal["debug", "info", "notice", "warn", "error", "crit"] = "notice"
    """Kong's own log level (KONG_LOG_LEVEL)."""

    @property
    def patience_seconds(self) -> int:
        """How long running requests have to end after the drain; five seconds are left for nginx to end by force."""
        return max(1, self.grace_period_seconds - self.drain_seconds - 5)

    @property
    def lowest_replicas(self) -> int:
        """The fewest pods that run when nothing fails."""
        return self.autoscaling.min_replicas if self.autoscaling else self.replicas

    @property
    def highest_replicas(self) -> int:
        """The most pods that may run at once."""
        return self.autoscaling.max_replicas if self.autoscaling else self.replicas
