"""The ACL groups that there are: those of tiers, and those into which `entities.acls` puts consumers besides."""

from collections.abc import Iterable

from config.raw import RawEntities
from config.tiers import Tier


def further_groups(tier: Tier, entities: RawEntities) -> tuple[str, ...]:
    """The groups that a tier's users are in besides its own."""
    called = {tier.name, tier.consumer_name}
    found = (str(acl.get("group")) for acl in entities.acls if acl.get("consumer") in called)
    return tuple(group for group in dict.fromkeys(found) if group != tier.group_name)


def known_groups(tiers: Iterable[Tier], entities: RawEntities) -> tuple[str, ...]:
    """Every group that somebody is in, in the order of their names."""
    given = {str(acl["group"]) for acl in entities.acls if acl.get("group") is not None}
    return tuple(sorted(given | {tier.group_name for tier in tiers}))
