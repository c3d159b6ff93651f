"""The Kubernetes provider of a stack: of the one cluster that its settings name."""

import pulumi
import pulumi_kubernetes as k8s

from config.cluster import Cluster

_OF_WHO_RUNS_IT = frozenset({"kubeconfig", "upsert_existing_objects"})
"""What the SDK makes inputs of when it finds it in the environment (pulumi_kubernetes: provider.py), KUBECONFIG and
PULUMI_K8S_UPSERT_EXISTING_OBJECTS. The provider's process reads both by itself. In the state they would make the next
preview of somebody else show a change: with another KUBECONFIG, a replacement of every object."""


def cluster_provider(name: str, settings: Cluster) -> k8s.Provider:
    """A provider for the cluster of the settings' context."""
    return k8s.Provider(
        name, context=settings.context, opts=pulumi.ResourceOptions(transformations=[_without_who_runs_it])
    )


def _without_who_runs_it(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
    kept = {key: value for key, value in args.props.items() if key not in _OF_WHO_RUNS_IT}
    return pulumi.ResourceTransformationResult(kept, args.opts)
