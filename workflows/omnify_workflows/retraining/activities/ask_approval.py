"""Asks a person whether a candidate may be promoted."""

from temporalio import activity

from omnify_workflows.clients.keys import idempotency_key
from omnify_workflows.clients.service import Service
from omnify_workflows.retraining.models import Question


class AskApproval:
    """OmniFy tells those who may approve; their word comes back to the workflow as a signal."""

    def __init__(self, omnify: Service) -> None:
        self._omnify = omnify

    @activity.defn(name="ask-approval")
    async def run(self, question: Question) -> None:
        """Ask, once."""
        body = {
            "candidate": question.candidate,
            "evaluation": question.evaluation.model_dump(),
            "workflow": question.workflow,
        }
        await self._omnify.send("POST", f"/api/models/{question.model}/approvals", key=idempotency_key(), body=body)
