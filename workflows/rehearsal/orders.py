"""One workflow of each kind, with waits that are short enough to watch."""

from datetime import UTC, datetime, timedelta

from omnify_workflows.onboarding.models import ConsentTerms, OnboardingOrder
from omnify_workflows.policies import Policies, Policy
from omnify_workflows.retention.models import CampaignOrder
from omnify_workflows.retraining.models import RetrainingOrder
from omnify_workflows.synchronisation.models import SynchronisationOrder
from omnify_workflows.vocabulary import Contact, Platform, Tier


def _quick() -> Policy:
    return Policy(
        attempt=timedelta(seconds=20),
        whole=timedelta(minutes=5),
        heartbeat=timedelta(seconds=10),
        first_wait=timedelta(milliseconds=200),
        longest_wait=timedelta(seconds=2),
    )


POLICIES = Policies(call=_quick(), undo=_quick(), pages=_quick(), training=_quick(), batch=_quick())


def onboarding(client: str, *platforms: Platform) -> OnboardingOrder:
    """A client who consents when the rehearsal says so."""
    return OnboardingOrder(
        client=client,
        name=client.title(),
        contact=Contact(name="Ada Lovelace", email=f"ada@{client}.example"),
        tier=Tier.PRO,
        platforms=platforms,
        consent=ConsentTerms(remind_after=timedelta(seconds=2), deadline=timedelta(minutes=5)),
        policies=POLICIES,
    )


def synchronisation(client: str) -> SynchronisationOrder:
    """A platform whose API asks for patience once."""
    return SynchronisationOrder(client=client, platform=Platform.GOOGLE, pages_at_once=4, policies=POLICIES)


def retraining(model: str) -> RetrainingOrder:
    """A model that a person must approve."""
    return RetrainingOrder(
        model=model, since=datetime(2027, 1, 1, tzinfo=UTC), look_every=timedelta(seconds=0.3), policies=POLICIES
    )


def campaign(client: str) -> CampaignOrder:
    """Two touches."""
    return CampaignOrder(
        client=client,
        campaign="spring",
        segment="quiet for a month",
        touches=2,
        between_touches=timedelta(seconds=3),
        batch=4,
        per_minute=600,
        quiet=None,
        measure_after=timedelta(seconds=1),
        policies=POLICIES,
    )
