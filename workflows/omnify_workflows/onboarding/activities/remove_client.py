"""Takes back `create_client`."""

from temporalio import activity
from temporalio.exceptions import ApplicationError

from omnify_workflows.clients.keys import idempotency_key, key_of
from omnify_workflows.clients.service import Service
from omnify_workflows.failures import FailureKind
from omnify_workflows.vocabulary import ClientId


class RemoveClient:
    """Removes a client from OmniFy, if this onboarding has created it."""

    def __init__(self, omnify: Service) -> None:
        self._omnify = omnify

    @activity.defn(name="remove-client")
    async def run(self, client: ClientId) -> None:
        """Remove it; that it is not there, or that somebody else's onboarding has created it, is as good."""
        created = {"createdBy": key_of("create-client")}
        try:
            await self._omnify.remove(f"/api/clients/{client}", key=idempotency_key(), query=created)
        except ApplicationError as error:
            if error.type != FailureKind.CONFLICT:
                raise
            activity.logger.info("the client is another onboarding's and stays")
