"""`traffic:` and `cors:` what holds for every request."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from config.settings import Settings, wrong_key
from config.vocabulary import HeaderName, HttpMethod, Megabytes, Seconds


def _origin(value: str) -> str:
    if value != "*" and not re.fullmatch(r"https?://[a-z0-9.-]+(:[0-9]+)?", value):
        raise ValueError(f"{value!r} is not an origin; write scheme and host alone, such as 'https://app.example'")
    return value


Origin = Annotated[str, AfterValidator(_origin), Field(title="origin", examples=["https://app.example"])]


class Traffic(Settings):
    """Limits and marks of every request."""

    max_body: Megabytes | None = 10
    """The largest request body in megabytes of 1,048,576 bytes; one byte more is refused with 413. `null`: any."""
    correlation_header: HeaderName | None = "X-Correlation-ID"
    """The header that carries a request's id to the backend, to the client and into the log. `null`: none."""


class Cors(Settings):
    """What browsers on other origins may do (Kong: the cors plugin)."""

    origins: Annotated[tuple[Origin, ...], Field(min_length=1)]
    """Scheme and host of the pages that may call, exactly as browsers send them."""
    methods: Annotated[tuple[HttpMethod, ...], Field(min_length=1)] = (
        "GET",
        "HEAD",
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
        "OPTIONS",
    )
    """The methods that pages may use."""
    headers: tuple[HeaderName, ...] = ("Accept", "Authorization", "Content-Type", "X-Correlation-ID")
    """Request headers that pages may set."""
    exposed_headers: tuple[HeaderName, ...] = (
        "X-Correlation-ID",
        "RateLimit-Limit",
        "RateLimit-Remaining",
        "RateLimit-Reset",
        "Retry-After",
    )
    """Response headers that pages may read."""
    credentials: bool = True
    """Whether pages may send cookies and credentials."""
    max_age: Seconds = 3600
    """How long a browser may keep the answer to a preflight."""

    @model_validator(mode="after")
    def _no_credentials_for_everybody(self) -> Self:
        if self.credentials and "*" in self.origins:
            raise wrong_key(
                "origins", "'*' would allow credentials from every origin; list them, or write 'credentials: false'"
            )
        return self
