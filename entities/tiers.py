"""The tiers as Kong's consumers, their groups and their limits."""

from collections.abc import Iterable, Iterator

from config.stack import StackSettings
from config.tiers import Tier
from entities.auth.scheme import Scheme
from entities.limits import WHOLE_CONSUMER, counting, rate_limit
from entities.model import Acl, Consumer, Plugin, Scope


def consumer(tier: Tier) -> Consumer:
    """The consumer that stands for a tier. Its `custom_id` is what the token's tier claim says."""
    return Consumer(key=tier.name, username=tier.consumer_name, custom_id=tier.name)


def membership(tier: Tier) -> Acl:
    """The tier's group."""
    return Acl(key=tier.name, consumer=tier.name, group=tier.group_name)


def limits(settings: StackSettings, scheme: Scheme) -> Iterator[Plugin]:
    """A limit for each tier; where requests have no consumer, the same for every user of each service."""
    if not scheme.identifies_consumers:
        counted = counting(settings.counters)
        for api in settings.apis:
            yield rate_limit(Scope(service=api.name), settings.limits, scheme.subject, counted)
        return
    yield from each_limit(settings.tiers, settings, scheme)


def each_limit(tiers: Iterable[Tier], settings: StackSettings, scheme: Scheme) -> Iterator[Plugin]:
    """A limit for each of some tiers, where requests have its consumer."""
    counted = counting(settings.counters)
    for tier in tiers:
        key = scheme.subject if tier.fairness == "subject" else WHOLE_CONSUMER
        yield rate_limit(Scope(consumer=tier.name), tier.effective_limits(settings.limits), key, counted)
