"""What workflows are called. An id is taken once at a time, so ids decide what cannot run twice at once."""

from typing import Final

from temporalio.common import SearchAttributeKey

from omnify_workflows.vocabulary import CampaignId, ClientId, ModelName, Platform

TASK_QUEUE: Final = "omnify"
"""The queue that OmniFy's workers take from."""
NAMESPACE: Final = "omnify"
"""The namespace of OmniFy's workflows."""
CLIENT: Final = SearchAttributeKey.for_keyword("OmnifyClient")
"""Whose workflow it is; the namespace has this search attribute."""
SEARCH_ATTRIBUTES: Final = (CLIENT,)
"""What the namespace must have."""


def onboarding_id(client: ClientId) -> str:
    """A client is onboarded once at a time."""
    return f"onboarding-{client}"


def synchronisation_id(client: ClientId, platform: Platform) -> str:
    """A platform of a client's is synchronised once at a time, whoever asked for it."""
    return f"synchronisation-{client}-{platform}"


def schedule_id(client: ClientId, platform: Platform) -> str:
    """The schedule of a platform of a client's."""
    return f"schedule-{client}-{platform}"


def retraining_id(model: ModelName) -> str:
    """A model is retrained once at a time."""
    return f"retraining-{model}"


def campaign_id(client: ClientId, campaign: CampaignId) -> str:
    """A campaign runs once at a time."""
    return f"retention-{client}-{campaign}"
