"""All policies."""

from collections.abc import Iterator, Sequence

from policies import entities, objects, production
from policies.policy import Policy, Violation
from policies.subject import Subject

POLICIES: Sequence[Policy] = (*entities.POLICIES, *objects.POLICIES, *production.POLICIES)


def violations(subject: Subject) -> Iterator[Violation]:
    """Everything in a stack that breaks a policy."""
    for policy in POLICIES:
        yield from (Violation(policy, broken) for broken in policy.broken(subject))
