"""Makes a candidate the current model."""

from temporalio import activity

from omnify_workflows.clients.keys import idempotency_key
from omnify_workflows.clients.service import Service
from omnify_workflows.retraining.models import Candidate


class Promote:
    """PUT, so that it is so however often it is asked for."""

    def __init__(self, omnify: Service) -> None:
        self._omnify = omnify

    @activity.defn(name="promote")
    async def run(self, candidate: Candidate) -> None:
        """Promote it."""
        body = {"candidate": candidate.candidate}
        await self._omnify.send("PUT", f"/api/models/{candidate.model}/current", key=idempotency_key(), body=body)
