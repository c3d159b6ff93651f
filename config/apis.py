"""`apis:` the services behind the gateway and their routes, and `backends:` where each stack finds them."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from config.settings import Settings
from config.vocabulary import (
    GroupName,
    HttpMethod,
    HttpUrl,
    KongName,
    Megabytes,
    Milliseconds,
    Reason,
    RoutePath,
)


class Access(Settings):
    """Who may use a route: the members of some groups, or everybody for a reason."""

    groups: Annotated[tuple[GroupName, ...], Field(min_length=1)] | None = None
    """The ACL groups whose members may pass; a token is needed."""
    public: Reason | None = None
    """Why everybody may pass without a token."""

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if (self.groups is None) == (self.public is None):
            raise ValueError("must say who may pass; write either 'groups: […]' or 'public: <why no token is needed>'")
        return self


class Route(Settings):
    """Paths and methods of an API, and who may use them."""

    name: KongName
    """The name of the route in Kong. Unique over all APIs."""
    paths: Annotated[tuple[RoutePath, ...], Field(min_length=1)]
    """Path prefixes; the longest that fits a request wins. The path arrives at the backend unchanged."""
    methods: Annotated[tuple[HttpMethod, ...], Field(min_length=1)]
    """The methods that pass. OPTIONS is added for CORS preflights."""
    access: Access
    """Who may use the route: the members of some groups, or everybody for a reason."""
    max_body: Megabytes | None = None
    """The largest request body; the stack's `traffic.maxBody` when left out."""


class Timeouts(Settings):
    """How long Kong waits for the backend (Kong: services.*_timeout)."""

    connect: Milliseconds = 5_000
    """Until the connection stands."""
    write: Milliseconds = 60_000
    """Between two pieces of the request that are sent."""
    read: Milliseconds = 60_000
    """Between two pieces of the answer that arrive."""


class Api(Settings):
    """A service behind the gateway."""

    name: KongName
    """The name of the service in Kong."""
    routes: Annotated[tuple[Route, ...], Field(min_length=1)]
    """Which requests go there, and who may send them."""
    timeouts: Timeouts = Timeouts()
    retries: Annotated[int, Field(ge=0, le=100)] = 2
    """How often Kong tries again when the backend cannot be reached."""


Backends = dict[KongName, HttpUrl]
"""The URL of each API's backend in this stack."""
