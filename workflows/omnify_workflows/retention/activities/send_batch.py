"""Sends a batch of a campaign's messages."""

from temporalio import activity

from omnify_workflows.clients.keys import idempotency_key
from omnify_workflows.clients.service import Service
from omnify_workflows.retention.models import Batch, BatchSent


class SendBatch:
    """OmniFy sends them: in one request, so that the key keeps everybody from getting a message twice."""

    def __init__(self, omnify: Service) -> None:
        self._omnify = omnify

    @activity.defn(name="send-batch")
    async def run(self, batch: Batch) -> BatchSent:
        """Send it, once for each touch and place in the audience."""
        path = f"/api/clients/{batch.client}/campaigns/{batch.campaign}/messages"
        key = idempotency_key(batch.touch, batch.zone, batch.offset)
        body = batch.model_dump(include={"touch", "zone", "offset", "size", "converted"})
        return await self._omnify.ask(BatchSent, "POST", path, key=key, body=body)
