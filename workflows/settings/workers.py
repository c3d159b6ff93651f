"""`workers:` the pods that run OmniFy's workflows and activities, and `api:` those that start and watch them."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from config.counters import SecretKey
from config.platform import Amounts, Resources, Scheduling
from config.settings import Settings, wrong_key
from config.vocabulary import HttpUrl, ImageReference, Seconds
from workflows.settings.temporal import Pods

BuildId = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]{0,38}[a-z0-9])?$", title="build id", examples=["1.4.0"])]
"""What tells a version of the workers from another, in Temporal and in the names of its objects."""
_OWN_VARIABLES = ("WORKFLOWS_",)


class Version(Settings):
    """One version of the workers' code."""

    build_id: BuildId
    """Its name. Once it has run, never another image: workflows that began on it go on with what it did then."""
    image: ImageReference
    """The image that `workflows/Dockerfile` makes of it."""


class Slots(Settings):
    """How much a worker's pod does at once (Temporal: Worker performance)."""

    workflow_tasks: Annotated[int, Field(ge=2, le=1_000)] = 100
    """Workflow tasks: they take milliseconds of one core each."""
    activities: Annotated[int, Field(ge=1, le=1_000)] = 100
    """Activities: they wait for answers; it is also the most connections to the gateway."""
    cached_workflows: Annotated[int, Field(ge=0, le=100_000)] = 1_000
    """Workflows kept in memory between their tasks, about 0.3 MB each; any other is replayed from its history."""


class Service(Settings):
    """As whom the activities call OmniFy and Keycloak: a client of the gateway's realm that has a service account."""

    client: Annotated[str, Field(min_length=1)] = "omnify-service"
    """The realm's client (client credentials)."""
    client_secret: SecretKey
    """Where its secret is. It is read at each new token, so a rotation needs no restart."""


class Workers(Settings):
    """The workers. Each version has a Deployment of its own.

    The last version is the current one: when its pods poll, Temporal begins every new workflow on it. The others finish
    what they began, and stay here until Temporal says that they are drained; a run that takes away one that is not,
    fails before it takes away anything.
    """

    versions: Annotated[tuple[Version, ...], Field(min_length=1)]
    """The versions that run, the current one last."""
    service: Service
    """As whom the activities call OmniFy and Keycloak."""
    gateway_url: HttpUrl | None = None
    """Where the activities find the gateway, through which they call OmniFy; its Service in the cluster when left
    out."""
    deployment: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,63}$")] = "omnify-workflows"
    """What Temporal calls all versions together (Temporal: Worker Deployment)."""
    pods: Pods = Pods(
        resources=Resources(requests=Amounts(cpu="500m", memory="512Mi"), limits=Amounts(cpu="1", memory="1Gi"))
    )
    """The pods of each version."""
    slots: Slots = Slots()
    """How much each pod does at once."""
    scheduling: Scheduling = Scheduling()
    """On which nodes the pods run."""
    shutdown_seconds: Seconds = 60
    """How long a worker that is to end goes on with the activities that it has; then it cancels them, and they are
    tried again elsewhere from their last heartbeat (graceful_shutdown_timeout)."""
    grace_period_seconds: Seconds = 90
    """How long Kubernetes waits for a pod to end before it kills it."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """The least that workers and API log."""
    secrets: dict[Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")], SecretKey] = Field(default_factory=dict)
    """Further variables of the environment, from Secrets of the namespace."""

    @model_validator(mode="after")
    def _workers_end_by_themselves(self) -> Self:
        if self.shutdown_seconds + 10 > self.grace_period_seconds:
            raise wrong_key(
                "gracePeriodSeconds",
                f"{self.grace_period_seconds} s is too little after a graceful shutdown of {self.shutdown_seconds} s, "
                f"so activities would be lost; write at least {self.shutdown_seconds + 10}",
            )
        return self

    @model_validator(mode="after")
    def _variables_are_free(self) -> Self:
        for name in self.secrets:
            if name.startswith(_OWN_VARIABLES):
                raise wrong_key(f"secrets.{name}", "is decided by the other settings; remove it")
        return self

    @property
    def current(self) -> Version:
        """The version on which new workflows begin."""
        return self.versions[-1]


class Api(Settings):
    """The API that starts and watches workflows, of the current version's image."""

    pods: Pods = Pods(
        resources=Resources(requests=Amounts(cpu="100m", memory="192Mi"), limits=Amounts(cpu="500m", memory="384Mi"))
    )
    """Its pods."""
