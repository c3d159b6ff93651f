"""Collects the data that a model is trained with."""

from temporalio import activity

from omnify_workflows.clients.keys import idempotency_key
from omnify_workflows.clients.service import Service
from omnify_workflows.retraining.models import Collection, Dataset


class CollectData:
    """OmniFy makes a dataset, which does not change any more."""

    def __init__(self, omnify: Service) -> None:
        self._omnify = omnify

    @activity.defn(name="collect-data")
    async def run(self, collection: Collection) -> Dataset:
        """Have it made, once."""
        body = {"since": collection.since.isoformat(), "until": collection.until.isoformat()}
        path = f"/api/models/{collection.model}/datasets"
        return await self._omnify.ask(Dataset, "POST", path, key=idempotency_key(), body=body)
