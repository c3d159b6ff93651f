"""The worker's process: takes tasks until SIGTERM or SIGINT, and then ends what it has in hand.

At a shutdown it takes no more tasks. Activities have `grace` to end: calls do, and those that take long see the
shutdown, leave how far they are in their heartbeat and fail as `leaving`, so that another worker goes on at once. What
is still there after it is cancelled and tried again elsewhere; nothing is lost either way.
"""

import asyncio
import logging
import signal
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from typing import Final

from temporalio.client import Client, Interceptor
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.runtime import Runtime
from temporalio.worker import PollerBehaviorAutoscaling, Worker, WorkerDeploymentConfig

from omnify_workflows.clients.services import Services, open_services
from omnify_workflows.connection import connect
from omnify_workflows.settings import WorkerSettings
from omnify_workflows.worker.catalogue import WORKFLOWS, activities
from omnify_workflows.worker.health import serving_health
from omnify_workflows.worker.telemetry import metrics_runtime, tracing_to

_LOG: Final = logging.getLogger(__name__)
_CONNECTING: Final = 5.0
"""Seconds between two tries to reach Temporal at the start."""


def make_worker(client: Client, services: Services, settings: WorkerSettings) -> Worker:
    """A worker as the settings say."""
    return Worker(
        client,
        task_queue=settings.task_queue,
        workflows=WORKFLOWS,
        activities=activities(services, client),
        max_concurrent_workflow_tasks=settings.workflow_slots,
        max_concurrent_activities=settings.activity_slots,
        max_cached_workflows=settings.cached_workflows,
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(maximum=settings.workflow_pollers),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(maximum=settings.activity_pollers),
        graceful_shutdown_timeout=timedelta(seconds=settings.grace),
        # Where how far an activity is must survive a SIGKILL, more than this is done again.
        max_heartbeat_throttle_interval=timedelta(seconds=5),
        default_heartbeat_throttle_interval=timedelta(seconds=5),
        deployment_config=_deployment(settings),
    )


def _deployment(settings: WorkerSettings) -> WorkerDeploymentConfig | None:
    if not settings.build_id:
        return None
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(deployment_name=settings.deployment, build_id=settings.build_id),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.PINNED,
    )


async def run_worker(settings: WorkerSettings, stop: asyncio.Event | None = None) -> None:
    """Work until told to stop: by a signal of the system's, or by `stop`."""
    stop = stop or _signalled()
    runtime = metrics_runtime(settings.host, settings.metrics_port)
    async with AsyncExitStack() as stack:
        interceptors: Sequence[Interceptor] = ()
        if settings.traces_endpoint:
            tracing = tracing_to(settings.traces_endpoint, settings.deployment, settings.build_id)
            stack.callback(tracing.close)
            interceptors = tracing.interceptors
        services = await stack.enter_async_context(open_services(settings))
        client = await _connected(settings, interceptors, runtime, stop)
        if client is None:
            return
        worker = make_worker(client, services, settings)
        await stack.enter_async_context(serving_health(settings.host, settings.health_port, client, worker))
        await _work(worker, stop)


async def _connected(
    settings: WorkerSettings, interceptors: Sequence[Interceptor], runtime: Runtime, stop: asyncio.Event
) -> Client | None:
    """Temporal, waited for; None when it is time to stop before it is there."""
    while not stop.is_set():
        try:
            return await connect(settings, interceptors=interceptors, runtime=runtime)
        except RuntimeError as error:
            _LOG.warning("Temporal at %s is not there yet: %s", settings.temporal_address, error)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _CONNECTING)
    return None


def _signalled() -> asyncio.Event:
    stop = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    return stop


async def _work(worker: Worker, stop: asyncio.Event) -> None:
    _LOG.info("the worker takes tasks")
    working = asyncio.create_task(worker.run())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not working.done():
        _LOG.info("the worker takes no more tasks and ends those in hand")
        await worker.shutdown()
    await working
    _LOG.info("the worker has ended")
