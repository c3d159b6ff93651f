"""Every rule of lint, and what they find together."""

from collections.abc import Iterator, Sequence

from config.stack import StackSettings
from entities.lint.rule import Finding, Rule
from entities.lint.rules import browsers, guards, limits, never_runs, proxies, reach, references, shadowed
from entities.lint.subject import Subject
from entities.state import DesiredState

RULES: Sequence[Rule] = (
    never_runs.PLUGIN_NEVER_RUNS,
    shadowed.ROUTE_SHADOWED,
    reach.ROUTE_UNREACHABLE,
    reach.ROUTE_WITHOUT_SERVICE,
    reach.PATTERN_TAKEN_LITERALLY,
    reach.TLS_ENDS_AT_THE_INGRESS,
    guards.PUBLIC_UNDER_PROTECTED,
    guards.GUARD_REPLACED,
    guards.UNGUARDED_ROUTE,
    guards.ACL_WITHOUT_AUTHENTICATION,
    browsers.CORS_ANY_ORIGIN_WITH_CREDENTIALS,
    limits.LIMITS_SHRINK,
    limits.COUNTERS_PER_POD,
    limits.CLIENT_ADDRESS_HIDDEN,
    proxies.BODY_LIMIT_ABOVE_PROXY,
    proxies.TIMEOUTS_ABOVE_INGRESS,
    proxies.REQUESTS_OUTLIVE_PODS,
    references.REFERENCE_UNRESOLVED,
)


def findings(settings: StackSettings, state: DesiredState, rules: Sequence[Rule] = RULES) -> Iterator[Finding]:
    """What the rules find, whether or not the stack file accepts it."""
    subject = Subject(settings, state)
    for rule in rules:
        yield from (Finding(rule, flaw) for flaw in rule.flaws(subject))
