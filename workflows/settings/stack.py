"""The whole of what a stack may say."""

from typing import Annotated, Literal

from pydantic import Field

from config.database import BundledDatabase
from config.settings import Settings
from config.vocabulary import KubernetesName
from workflows.settings.database import Database
from workflows.settings.executions import Executions
from workflows.settings.network import Network
from workflows.settings.observability import Observability
from workflows.settings.temporal import Temporal
from workflows.settings.ui import Ui
from workflows.settings.workers import Api, Workers

PROJECT = "omnify-workflows"
"""The Pulumi project, whose configuration keys begin with it."""
StackReference = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$",
        title="stack",
        examples=["organization/omnify-gateway/dev"],
    ),
]
"""A stack of Pulumi: ORGANIZATION/PROJECT/STACK."""


class WorkflowsSettings(Settings):
    """One field for each key that a stack file may have under `omnify-workflows:`.

    A key in a stack's file replaces the same key of Pulumi.yaml as a whole; there is no deep merge.
    """

    gateway: StackReference
    """The stack of the gateway that this one stands on. It says which cluster, and whose tokens. With a backend of
    one's own the organization is called `organization`."""
    purpose: Literal["development", "production"] = "development"
    """What the stack is for. In `production` all is refused that is for development alone."""
    namespace: KubernetesName = PROJECT
    """The Kubernetes namespace that the stack creates and owns."""
    temporal: Temporal = Temporal()
    """How Temporal's own services run."""
    database: Database = BundledDatabase(kind="bundled")
    """The PostgreSQL that Temporal keeps its workflows in."""
    executions: Executions = Executions()
    """The Temporal namespace that the workflows run in."""
    ui: Ui = Ui()
    """Temporal's web interface."""
    workers: Workers
    """The pods that run OmniFy's workflows and activities."""
    api: Api = Api()
    """The API that starts and watches them."""
    network: Network = Network()
    """Who may speak with the stack's pods, and with whom they may speak."""
    observability: Observability = Observability()
    """Metrics, what watches them, and traces."""
