"""Compares a candidate with the current model."""

from temporalio import activity

from omnify_workflows.clients.keys import idempotency_key
from omnify_workflows.clients.service import Service
from omnify_workflows.retraining.models import Candidate, Evaluation


class Evaluate:
    """OmniFy lets both judge data that neither was trained with."""

    def __init__(self, omnify: Service) -> None:
        self._omnify = omnify

    @activity.defn(name="evaluate")
    async def run(self, candidate: Candidate) -> Evaluation:
        """Evaluate it."""
        path = f"/api/models/{candidate.model}/candidates/{candidate.candidate}/evaluation"
        return await self._omnify.ask(Evaluation, "POST", path, key=idempotency_key())
