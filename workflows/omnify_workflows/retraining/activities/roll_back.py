"""Gives up a candidate; the current model stays, or comes back where the candidate had just been promoted."""

from temporalio import activity

from omnify_workflows.clients.keys import idempotency_key
from omnify_workflows.clients.service import Service
from omnify_workflows.retraining.models import Candidate


class RollBack:
    """Removes the candidate."""

    def __init__(self, omnify: Service) -> None:
        self._omnify = omnify

    @activity.defn(name="roll-back")
    async def run(self, candidate: Candidate) -> None:
        """Remove it; that it is not there is as good."""
        path = f"/api/models/{candidate.model}/candidates/{candidate.candidate}"
        await self._omnify.remove(path, key=idempotency_key())
