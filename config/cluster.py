"""`cluster:` which Kubernetes cluster a stack lives in."""

from config.settings import Settings
from config.vocabulary import ContextName, KubernetesName


class Cluster(Settings):
    """The cluster and the namespace that a stack owns. Named, so that nobody deploys into the wrong one."""

    context: ContextName
    """The context of the kubeconfig, such as `kind-omnify`."""
    namespace: KubernetesName = "omnify-gateway"
    """The namespace that the stack creates and owns."""
