"""Trains a model: hours, of which this tells how far they are, and which it ends when it is cancelled."""

import asyncio
from typing import Literal

from pydantic import BaseModel
from temporalio import activity

from omnify_workflows.clients.keys import idempotency_key
from omnify_workflows.clients.service import Service
from omnify_workflows.failures import FailureKind, failure
from omnify_workflows.retraining.models import Candidate, Training


class _Begun(BaseModel):
    training: str


class _State(BaseModel):
    state: Literal["running", "done", "failed"]
    progress: float = 0.0
    candidate: str = ""
    detail: str = ""


class Train:
    """The training runs in OmniFy; this begins it, or finds the one that a try before has begun, and watches it."""

    def __init__(self, omnify: Service) -> None:
        self._omnify = omnify

    @activity.defn(name="train")
    async def run(self, training: Training) -> Candidate:
        """Train, and give the candidate. A training that fails does so for good: its data stay the same."""
        path = f"/api/models/{training.model}/trainings"
        begun = await self._omnify.ask(_Begun, "POST", path, key=idempotency_key(), body={"dataset": training.dataset})
        path = f"{path}/{begun.training}"
        try:
            return await self._watch(training, path)
        except asyncio.CancelledError:
            # A worker that shuts down cancels too, and then the training goes on, for another worker to watch.
            if not activity.is_worker_shutdown():
                await asyncio.shield(self._omnify.remove(path))
            raise

    async def _watch(self, training: Training, path: str) -> Candidate:
        while True:
            state = await self._omnify.ask(_State, "GET", path)
            activity.heartbeat(state.progress)
            if state.state == "done":
                return Candidate(model=training.model, candidate=state.candidate)
            if state.state == "failed":
                raise failure(FailureKind.FAILED, f"the training failed: {state.detail}")
            if activity.is_worker_shutdown():
                raise failure(FailureKind.LEAVING, "the worker shuts down; another one watches from here")
            await asyncio.sleep(training.look_every.total_seconds())
