"""The way of a request through routes and plugins."""

from management.models.base import Answer


class WayContender(Answer):
    """A route that fits a request."""

    route: str
    """Its name."""
    paths: tuple[str, ...]
    """Its path prefixes."""
    methods: tuple[str, ...]
    """The methods that it takes."""


class WayStep(Answer):
    """A plugin that Kong runs on the request."""

    plugin: str
    """Its name in Kong."""
    key: str
    """Which one of that name, such as `consumer/free/rate-limiting`."""
    does: str
    """What it does here, in words; empty where nobody knows."""
    refuses: str
    """Why the request ends here; empty when it goes on."""
    reached: bool
    """Whether the request comes as far as this."""


class Way(Answer):
    """The way of a request, as it is declared."""

    contenders: tuple[WayContender, ...]
    """The routes that fit, in the order in which Kong tries them: the first one takes the request."""
    route: str | None
    """The route that takes it; null when Kong answers 404."""
    service: str | None
    """The service that it leads to."""
    backend: str | None
    """Where that is."""
    steps: tuple[WayStep, ...]
    """Every plugin on it, in the order in which Kong runs them."""
    status: int | None
    """What Kong answers itself; null when the backend answers."""
    reason: str
    """Why, in words."""
