"""Versions of the workers, as Temporal's Worker Deployments know them."""

from collections.abc import Iterable, Mapping, Set

from temporalio.api.deployment.v1 import WorkerDeploymentInfo
from temporalio.api.enums.v1 import VersionDrainageStatus, WorkerDeploymentVersionStatus
from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentRequest,
    SetWorkerDeploymentCurrentVersionRequest,
)
from temporalio.service import RPCError, RPCStatusCode

from omnify_temporal.client import Temporal
from omnify_temporal.errors import StepError

_HARMLESS = frozenset(
    {
        WorkerDeploymentVersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINED,
        WorkerDeploymentVersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_INACTIVE,
        WorkerDeploymentVersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_CREATED,
    }
)
"""A version on which no workflow runs: all have ended, or none ever began."""


async def promote(temporal: Temporal, deployment: str, build_id: str) -> str:
    """Begin new workflows on a version, as soon as its workers poll every queue that the version before polls.

    Raises:
        StepError: they do not.
    """

    async def current() -> bool | None:
        info = await _described(temporal, deployment)
        if info.routing_config.current_deployment_version.build_id == build_id:
            return True
        if build_id not in (version.deployment_version.build_id for version in info.version_summaries):
            return None
        request = SetWorkerDeploymentCurrentVersionRequest(
            namespace=temporal.namespace, deployment_name=deployment, build_id=build_id
        )
        try:
            await temporal.client.workflow_service.set_worker_deployment_current_version(request)
        except RPCError as error:
            if error.status is RPCStatusCode.FAILED_PRECONDITION:  # a queue without pollers of the new version
                return None
            raise
        return True

    await temporal.until(current, f"workers of version {build_id} that poll every queue of {deployment}")
    return f"version {build_id} of {deployment} is the current one"


async def refuse_undrained(temporal: Temporal, deployment: str, kept: Set[str]) -> str:
    """See that nothing runs on a version which is not kept.

    Raises:
        StepError: something does.
    """
    info = await _described(temporal, deployment)
    undrained = sorted(_undrained(info, kept))
    if undrained:
        raise StepError(
            f"workers.versions: workflows still run on {', '.join(undrained)}, which is not there any more; "
            "write it again, before the current one, until Temporal says that it is drained "
            f"(temporal worker deployment describe --name {deployment})"
        )
    return f"every version of {deployment} that is not kept is drained"


def _undrained(info: WorkerDeploymentInfo, kept: Set[str]) -> Iterable[str]:
    for version in info.version_summaries:
        build_id = version.deployment_version.build_id
        if build_id not in kept and version.status not in _HARMLESS:
            yield f"{build_id} ({_STATES.get(version.drainage_info.status, 'in use')})"


_STATES: Mapping[VersionDrainageStatus.ValueType, str] = {
    VersionDrainageStatus.VERSION_DRAINAGE_STATUS_DRAINING: "draining",
}


async def _described(temporal: Temporal, deployment: str) -> WorkerDeploymentInfo:
    request = DescribeWorkerDeploymentRequest(namespace=temporal.namespace, deployment_name=deployment)
    answer = await temporal.client.workflow_service.describe_worker_deployment(request)
    return answer.worker_deployment_info
