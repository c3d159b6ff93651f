"""What a container asks for and what it may use."""

import pulumi_kubernetes as k8s

from config.platform import Amounts, Resources


def requirements(settings: Resources) -> k8s.core.v1.ResourceRequirementsArgs:
    """As a container has them."""
    return k8s.core.v1.ResourceRequirementsArgs(
        requests=_quantities(settings.requests), limits=_quantities(settings.limits)
    )


def _quantities(amounts: Amounts) -> dict[str, str]:
    return {"cpu": amounts.cpu, "memory": amounts.memory}
