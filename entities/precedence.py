"""Which plugin of a name applies to a request (Kong: kong/runloop/plugins_iterator.lua, lookup_cfg)."""

Scope = tuple[str | None, str | None, str | None]
"""The route, service and consumer that a plugin is limited to, or that a request has."""


def scopes(route: str | None, service: str | None, consumer: str | None) -> tuple[Scope, ...]:
    """The scopes that fit a request, the one whose plugin Kong takes first."""
    return (
        (route, service, consumer),
        (route, None, consumer),
        (None, service, consumer),
        (route, service, None),
        (None, None, consumer),
        (route, None, None),
        (None, service, None),
        (None, None, None),
    )
