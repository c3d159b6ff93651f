"""The whole of a stack on Kubernetes, in the order in which it comes up."""

from collections.abc import Callable, Sequence

import pulumi
import pulumi_kubernetes as k8s

from components.outputs import GatewayOutputs
from components.platform.database import Held, KongDatabase
from components.platform.isolation import network_policies
from components.platform.metadata import object_metadata
from components.platform.names import POSTGRES
from components.platform.namespace import GatewayNamespace
from components.platform.password import store_password
from config.cluster import Cluster
from config.database import BundledDatabase
from workflows.components.api import WorkflowApi
from workflows.components.connections import policies
from workflows.components.monitoring import WorkflowMonitoring
from workflows.components.names import labels
from workflows.components.once import Once, Step
from workflows.components.schema import schema_step
from workflows.components.server import TemporalServer
from workflows.components.steps import drained_step, namespace_step, promotion_step
from workflows.components.store import DATABASE, store
from workflows.components.ui import TemporalUi
from workflows.components.workers import WorkflowWorkers
from workflows.settings.stack import PROJECT, WorkflowsSettings

_STEPS = "steps"
"""The ServiceAccount of the Jobs."""


class WorkflowPlatform(pulumi.ComponentResource):
    """Temporal, its database and schema, the workers, the API and the interface.

    Takes its Kubernetes provider from `opts.provider` or `opts.providers`.
    """

    ready: Sequence[pulumi.Resource]
    """What the routes on the gateway wait for: with these there, somebody answers."""

    def __init__(
        self,
        name: str,
        *,
        settings: WorkflowsSettings,
        gateway: GatewayOutputs,
        password: Callable[[Cluster, str], str] = store_password,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`password` finds that of a bundled database, by its Secret.

        Raises:
            ClusterUnreachableError: the cluster could not be asked for that password.
        """
        cluster = Cluster(context=gateway.context, namespace=settings.namespace)
        database = settings.database
        # Before anything is registered: what was, the engine would still try, and say its own failures instead.
        found = password(cluster, POSTGRES) if isinstance(database, BundledDatabase) else None
        super().__init__("omnify:workflows:WorkflowPlatform", name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        self._namespace = GatewayNamespace(name, settings=cluster, part_of=PROJECT, opts=self._child).name
        self._account = self._steps_account(name)
        wanted = policies(settings, gateway) if settings.network.enforced else ()
        network_policies(name, wanted, namespace=self._namespace, labels=labels("isolation"), parent=self)

        kept = store(database)
        schema = self._once(
            schema_step(kept, image=settings.temporal.tools_image),
            [self._database(name, database, found or "")] if isinstance(database, BundledDatabase) else [],
        )
        server = TemporalServer(
            "temporal-server",
            settings=settings.temporal,
            store=kept,
            observability=settings.observability,
            namespace=self._namespace,
            after=[schema],
            opts=self._child,
        )
        executions = self._once(namespace_step(settings), [server.frontend])
        workers = WorkflowWorkers(
            "workflow-workers",
            settings=settings,
            gateway=gateway,
            namespace=self._namespace,
            after=[executions],
            opts=self._child,
        )
        promoted = self._once(promotion_step(settings), workers.deployments)
        drained = self._once(drained_step(settings), [promoted])
        api = WorkflowApi(
            "workflow-api",
            settings=settings,
            gateway=gateway,
            namespace=self._namespace,
            after=[executions],
            opts=self._child,
        )
        ui = TemporalUi(
            "temporal-interface",
            settings=settings,
            gateway=gateway,
            namespace=self._namespace,
            after=[server.frontend],
            opts=self._child,
        )
        WorkflowMonitoring("workflow-monitoring", settings=settings, namespace=self._namespace, opts=self._child)
        self.ready = [api.service, ui.service, drained]
        self.register_outputs({"namespace": self._namespace})

    def _database(self, name: str, settings: BundledDatabase, password: str) -> pulumi.Resource:
        return KongDatabase(
            f"{name}-database",
            settings=settings,
            namespace=self._namespace,
            password=password,
            held=Held(database=DATABASE, user=DATABASE, part_of=PROJECT),
            opts=self._child,
        )

    def _once(self, step: Step, after: Sequence[pulumi.Resource]) -> pulumi.Resource:
        return Once(step, namespace=self._namespace, account=self._account, after=after, opts=self._child).job

    def _steps_account(self, name: str) -> pulumi.Output[str]:
        account = k8s.core.v1.ServiceAccount(
            f"{name}-{_STEPS}",
            metadata=object_metadata(_STEPS, namespace=self._namespace, labels=labels(_STEPS)),
            automount_service_account_token=False,
            opts=self._child,
        )
        return account.metadata.name
