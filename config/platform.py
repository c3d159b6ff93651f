"""`platform:` how Kong's pods run."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from config.memory import SMALLEST_CACHE, KongMemory
from config.patches import Patch
from config.settings import Settings, wrong_key
from config.vocabulary import (
    CpuQuantity,
    ImageReference,
    KongProperty,
    MemoryQuantity,
    ObjectName,
    PluginName,
    Replicas,
    Seconds,
)


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


class ScalingPace(Settings):
    """How fast the number of pods may change in one direction (Kubernetes: HPAScalingRules)."""

    stabilization_seconds: Annotated[int, Field(ge=0, le=3600)]
    """How long a change must have been wanted."""
    percent: Annotated[int, Field(ge=1, le=1000)]
    """By how much of the present number it may change in a period; by one pod always."""
    period_seconds: Annotated[int, Field(ge=1, le=1800)]
    """The period, in seconds, in which it may change by that much."""


class Toleration(Settings):
    """A taint of nodes on which pods may run nevertheless (Kubernetes: core/v1 Toleration)."""

    key: Annotated[str, Field(min_length=1)]
    """The taint's key."""
    value: str | None = None
    """The taint's value; any value when left out."""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    """The taint's effect; every effect when left out."""


class Scheduling(Settings):
    """On which nodes Kong's pods run, and before which other pods. They are spread over zones and nodes anyway.

    The Jobs of its image, such as the migrations, run on the same nodes.
    """

    priority_class: ObjectName | None = None
    """The PriorityClass of the pods; the cluster's default when left out."""
    node_selector: dict[str, str] = Field(default_factory=dict)
    """Labels that a node must have."""
    tolerations: tuple[Toleration, ...] = ()
    """Taints of nodes on which the pods run nevertheless."""
    spread: Literal["preferred", "required"] = "preferred"
    """Whether a pod waits when it would not be spread evenly: `required`, or runs nevertheless."""


class Autoscaling(Settings):
    """A HorizontalPodAutoscaler over Kong's Deployment (Kubernetes: autoscaling/v2)."""

    min_replicas: Replicas
    """The fewest pods; at least `replicas`."""
    max_replicas: Replicas
    """The most pods."""
    cpu_percent: Annotated[int, Field(ge=1, le=100)] | None = 70
    """Average CPU use, in percent of the request, above which pods are added. `null`: CPU does not count."""
    memory_percent: Annotated[int, Field(ge=1, le=100)] | None = None
    """Average memory use, in percent of the request, above which pods are added. Left out, memory does not count."""
    up: ScalingPace = ScalingPace(stabilization_seconds=0, percent=100, period_seconds=60)
    """How fast pods are added; by default their number may double each minute."""
    down: ScalingPace = ScalingPace(stabilization_seconds=300, percent=20, period_seconds=60)
    """How fast pods are taken away; by default a fifth of them each minute, after five quiet minutes."""

    @model_validator(mode="after")
    def _room_to_grow(self) -> Self:
        if self.max_replicas < self.min_replicas:
            raise wrong_key("maxReplicas", f"is below minReplicas; write at least {self.min_replicas}")
        if self.cpu_percent is None and self.memory_percent is None:
            raise wrong_key("memoryPercent", "is missing beside 'cpuPercent: null'; write at least one of them")
        return self


class DisruptionBudget(Settings):
    """How many pods may go at once when nodes are drained (Kubernetes: policy/v1 PodDisruptionBudget)."""

    min_available: Replicas | None = None
    """The pods that must stay; fewer than there are."""
    max_unavailable: Replicas | None = None
    """Instead of `minAvailable`: the pods that may be missing, however many there are."""

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if (self.min_available is None) == (self.max_unavailable is None):
            raise wrong_key("maxUnavailable", "and minAvailable: write one of them, such as maxUnavailable: 1")
        return self


_DECIDED: Mapping[str, str] = {
    "admin_": "admin, network and ingress",
    "anonymous_reports": "this program, which reports nothing",
    "database": "mode",
    "dns_order": "network.ipFamilies",
    "declarative_config": "mode",
    "lmdb_": "this program, which knows how large kong.yml can be",
    "log_level": "platform.logLevel",
    "lua_ssl_trusted_certificate": "trust",
    "nginx_admin_ssl_": "admin",
    "mem_cache_size": "platform.cacheSize",
    "nginx_http_client_max_body_size": "traffic.maxBody",
    "nginx_http_map": "ingress.tls.hsts",
    "nginx_proxy_add_header": "ingress.tls.hsts",
    "nginx_proxy_grpc_hide_header": "ingress.tls.hsts",
    "nginx_proxy_real_ip_": "network.trustedProxies",
    "nginx_worker_processes": "platform.resources.limits.cpu",
    "pg_": "database",
    "plugins": "auth.kind and platform.customPlugins",
    "port_maps": "this program, which makes the Services",
    "prefix": "this program, which mounts a volume there",
    "proxy_": "this program, which makes the Services, and observability.accessLog",
    "real_ip_": "network.trustedProxies",
    "ssl_cert": "ingress.tls",
    "status_": "this program, which makes the Services",
    "tracing_": "observability.tracing",
    "trusted_ips": "network.trustedProxies",
}
"""The settings that decide properties of kong.conf, by how those properties begin."""


def _workers(number: int) -> str:
    return "1 worker" if number == 1 else f"{number} workers"


_SECRET = re.compile(r"passw|secret|token$|cert_key$|license_data|declarative_config_string")
"""Properties that hold a secret; a certificate's key may be the path of a file (Kong: conf_loader, CONF_SENSITIVE)."""


class Platform(Settings):
    """Kong's Deployment."""

    image: ImageReference = "kong:3.9.1"
    """Kong's image. OSS ends with 3.9."""
    replicas: Replicas = 1
    """How many pods run; with autoscaling, the floor that `minReplicas` must keep."""
    resources: Resources = Resources()
    cache_size: MemoryQuantity | None = None
    """How large each of Kong's two caches of entities may grow (KONG_MEM_CACHE_SIZE), such as '256Mi'. Left out, it
    follows from the memory limit."""
    drain_seconds: Seconds = 15
    """How long a pod that is to end goes on answering, so that load balancers forget it (preStop)."""
    grace_period_seconds: Seconds = 90
    """How long Kubernetes waits for a pod to end before it kills it; includes the drain."""
    autoscaling: Autoscaling | None = None
    disruption_budget: DisruptionBudget | None = DisruptionBudget(max_unavailable=1)
    """What node drains must leave of more than one pod; one at a time may go when left out. `null`: no budget."""
    scheduling: Scheduling = Scheduling()
    pod_annotations: dict[str, str] = Field(default_factory=dict)
    """Annotations of the pods, for example for a service mesh."""
    properties: dict[KongProperty, str] = Field(default_factory=dict)
    """Further properties of Kong's own configuration file, such as `nginx_proxy_large_client_header_buffers: 8 16k`
    (Kong: kong.conf.default). Those that the other settings decide cannot be set here."""
    custom_plugins: tuple[PluginName, ...] = ()
    """Plugins that the image, or a volume of `patches`, brings besides Kong's own (KONG_PLUGINS). They may stand under
    `plugins` and `entities`; their schemas are not known here, so Kong alone checks their configuration."""
    log_level: Literal["debug", "info", "notice", "warn", "error", "crit"] = "notice"
    """Kong's own log level (KONG_LOG_LEVEL)."""
    patches: tuple[Patch, ...] = ()
    """What no setting says of the objects that this program makes: fields of Kubernetes' own, laid over them."""

    @model_validator(mode="after")
    def _properties_are_free(self) -> Self:
        for name, value in self.properties.items():
            setting = next((setting for start, setting in _DECIDED.items() if name.startswith(start)), None)
            if setting is not None:
                raise wrong_key(f"properties.{name}", f"is decided by {setting}; remove it here")
            if _SECRET.search(name) and not value.startswith(("{vault://", "/")):
                message = "is a secret in the clear; write '{vault://env/NAME}', and under vault where NAME is"
                raise wrong_key(f"properties.{name}", message)
        return self

    @model_validator(mode="after")
    def _kong_fits_into_its_memory(self) -> Self:
        limit, memory = self.resources.limits.memory, self.memory
        if memory.limit < memory.least:
            raise wrong_key(
                "resources.limits.memory",
                f"{limit!r} is too little for {_workers(self.workers)} (one for each core of limits.cpu); "
                f"write at least '{memory.least}Mi'" + (", or less for limits.cpu" if self.workers > 1 else ""),
            )
        if self.cache_megabytes < SMALLEST_CACHE:
            raise wrong_key("cacheSize", f"is less than Kong can work with; write at least '{SMALLEST_CACHE}Mi'")
        if self.cache_megabytes > memory.largest_cache:
            raise wrong_key(
                "cacheSize",
                f"Kong has two such caches, too large with {_workers(self.workers)} for limits.memory {limit!r}; "
                f"write at most '{memory.largest_cache}Mi'",
            )
        return self

    @property
    def workers(self) -> int:
        """How many processes of a pod answer requests: one for each whole core of its limit, and one at least."""
        return max(1, int(cores(self.resources.limits.cpu)))

    @property
    def memory(self) -> KongMemory:
        """What a pod does with its memory."""
        return KongMemory(limit=binary_bytes(self.resources.limits.memory) // 2**20, workers=self.workers)

    @property
    def cache_megabytes(self) -> int:
        """The size of each of Kong's two caches, in mebibytes."""
        return self.memory.cache if self.cache_size is None else binary_bytes(self.cache_size) // 2**20

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
