"""The management API beside Kong: its Deployment and Service, its volume, and what it may do in the cluster."""

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as k8s

from components.platform.content import named_by_content
from components.platform.management_pod import KUBECONFIG_KEY, environment, kubeconfig, management_pod
from components.platform.management_rights import Right, rights_in_cluster, rights_in_namespace
from components.platform.metadata import object_metadata
from components.platform.names import MANAGEMENT, MANAGEMENT_LABELS, MANAGEMENT_SELECTOR
from config.management import Management
from config.stack import StackSettings
from entities.management import PORT

_RBAC = "rbac.authorization.k8s.io"


class ManagementApi(pulumi.ComponentResource):
    """A Deployment of one, its Service, its volume, and a ServiceAccount that may apply this stack and nothing else.

    It cannot change what it may do: its own roles it may only read.
    """

    deployment: k8s.apps.v1.Deployment

    def __init__(
        self,
        name: str,
        *,
        management: Management,
        settings: StackSettings,
        stack: str,
        namespace: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("omnify:platform:ManagementApi", name, None, opts)
        self._name, self._namespace = name, namespace
        metadata = object_metadata(MANAGEMENT, namespace=namespace, labels=MANAGEMENT_LABELS)
        account = self._account(settings)
        config = kubeconfig(settings.cluster)
        config_map = k8s.core.v1.ConfigMap(
            name,
            metadata=object_metadata(
                named_by_content(MANAGEMENT, config), namespace=namespace, labels=MANAGEMENT_LABELS
            ),
            data={KUBECONFIG_KEY: config},
            immutable=True,
            opts=self._child(),
        )
        claim = k8s.core.v1.PersistentVolumeClaim(
            name,
            metadata=object_metadata(
                MANAGEMENT,
                namespace=namespace,
                labels=MANAGEMENT_LABELS,
                # It is bound when its first pod is there, for which nothing waits here.
                annotations={"pulumi.com/skipAwait": "true"},
            ),
            spec=k8s.core.v1.PersistentVolumeClaimSpecArgs(
                access_modes=["ReadWriteOnce"],
                storage_class_name=management.storage_class,
                resources=k8s.core.v1.VolumeResourceRequirementsArgs(requests={"storage": management.storage}),
            ),
            # A volume never moves to another class: to try would replace it, with the audit trail in it.
            opts=self._child(ignore_changes=["spec.storageClassName"]),
        )
        self.deployment = k8s.apps.v1.Deployment(
            name,
            metadata=metadata,
            spec=k8s.apps.v1.DeploymentSpecArgs(
                replicas=1,
                selector=k8s.meta.v1.LabelSelectorArgs(match_labels=MANAGEMENT_SELECTOR),
                strategy=k8s.apps.v1.DeploymentStrategyArgs(type="Recreate"),  # two at once would change one stack
                template=management_pod(
                    management,
                    environment(management, stack, settings.network.families[0]),
                    stack,
                    config_map.metadata.name,
                ),
            ),
            opts=self._child(depends_on=[*account, claim]),
        )
        k8s.core.v1.Service(
            name,
            metadata=metadata,
            spec=k8s.core.v1.ServiceSpecArgs(
                selector=MANAGEMENT_SELECTOR,
                ports=[k8s.core.v1.ServicePortArgs(name="http", port=PORT, target_port="http")],
                ip_family_policy=settings.network.service_policy,
                ip_families=list(settings.network.ip_families) or None,
            ),
            opts=self._child(depends_on=[self.deployment]),
        )
        self.register_outputs({"deployment": self.deployment.metadata.name})

    def _child(
        self, *, depends_on: Sequence[pulumi.Resource] = (), ignore_changes: list[str] | None = None
    ) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=list(depends_on), ignore_changes=ignore_changes)

    def _account(self, settings: StackSettings) -> Sequence[pulumi.Resource]:
        """The ServiceAccount with its rights."""
        name, namespace, own = self._name, settings.cluster.namespace, f"{settings.cluster.namespace}-{MANAGEMENT}"
        here = object_metadata(MANAGEMENT, namespace=self._namespace, labels=MANAGEMENT_LABELS)
        everywhere = object_metadata(own, labels=MANAGEMENT_LABELS)
        account = k8s.core.v1.ServiceAccount(
            name, metadata=here, automount_service_account_token=False, opts=self._child()
        )
        subject = k8s.rbac.v1.SubjectArgs(kind="ServiceAccount", name=MANAGEMENT, namespace=namespace)
        role = k8s.rbac.v1.Role(
            name, metadata=here, rules=_rules(rights_in_namespace(settings)), opts=self._child(depends_on=[account])
        )
        binding = k8s.rbac.v1.RoleBinding(
            name,
            metadata=here,
            role_ref=k8s.rbac.v1.RoleRefArgs(api_group=_RBAC, kind="Role", name=MANAGEMENT),
            subjects=[subject],
            opts=self._child(depends_on=[role]),
        )
        cluster_role = k8s.rbac.v1.ClusterRole(
            name,
            metadata=everywhere,
            rules=_rules(rights_in_cluster(namespace, own)),
            opts=self._child(depends_on=[account]),
        )
        cluster_binding = k8s.rbac.v1.ClusterRoleBinding(
            name,
            metadata=everywhere,
            role_ref=k8s.rbac.v1.RoleRefArgs(api_group=_RBAC, kind="ClusterRole", name=own),
            subjects=[subject],
            opts=self._child(depends_on=[cluster_role]),
        )
        return binding, cluster_binding


def _rules(rights: Sequence[Right]) -> list[k8s.rbac.v1.PolicyRuleArgs]:
    return [
        k8s.rbac.v1.PolicyRuleArgs(
            api_groups=[right.group],
            resources=list(right.resources),
            verbs=list(right.verbs),
            resource_names=list(right.names) or None,
        )
        for right in rights
    ]
