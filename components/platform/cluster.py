"""The Kubernetes provider of a stack: of the one cluster that its settings name."""

import pulumi
import pulumi_kubernetes as k8s

from config.cluster import Cluster

_FOR_ONE_RUN = "upsert_existing_objects"
"""Recovery sets it by PULUMI_K8S_UPSERT_EXISTING_OBJECTS, which the provider's process reads by itself. The SDK makes
an input of it besides (pulumi_kubernetes: provider.py), which would stay in the state as long as nobody runs again,
and the next preview would not be clean."""


def cluster_provider(name: str, settings: Cluster) -> k8s.Provider:
    """A provider for the cluster of the settings' context."""
    return k8s.Provider(
        name, context=settings.context, opts=pulumi.ResourceOptions(transformations=[_without_what_is_for_one_run])
    )


def _without_what_is_for_one_run(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
    kept = {key: value for key, value in args.props.items() if key != _FOR_ONE_RUN}
    return pulumi.ResourceTransformationResult(kept, args.opts)
