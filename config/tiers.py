"""`limits:` and `tiers:` who may ask how often."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from config.settings import Settings, wrong_key
from config.vocabulary import GroupName, KongName

Requests = Annotated[int, Field(ge=1, le=1_000_000_000, title="requests", examples=[1000])]


class Limits(Settings):
    """Requests in a minute, an hour and a day (fixed windows, as Kong's rate-limiting counts)."""

    minute: Requests
    """Requests in a minute."""
    hour: Requests
    """Requests in an hour; at least as many as in a minute."""
    day: Requests
    """Requests in a day; at least as many as in an hour."""

    @model_validator(mode="after")
    def _longer_windows_allow_more(self) -> Self:
        if self.hour < self.minute:
            raise wrong_key("hour", f"{self.hour} is below the minute's limit; write at least {self.minute}")
        if self.day < self.hour:
            raise wrong_key("day", f"{self.day} is below the hour's limit; write at least {self.hour}")
        return self

    def times(self, factor: int) -> "Limits":
        """These limits, multiplied; the product may be more than one would write."""
        return Limits.model_construct(minute=self.minute * factor, hour=self.hour * factor, day=self.day * factor)


class Tier(Settings):
    """A class of customers: one Kong consumer in one ACL group with one limit."""

    name: GroupName
    """What the token's tier claim says."""
    consumer: KongName | None = None
    """The name of its consumer; `<name>-tier` when left out."""
    group: GroupName | None = None
    """Its ACL group; the tier's name when left out."""
    times: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """How many times the stack's `limits` it has; 1 when left out."""
    limits: Limits | None = None
    """Limits of its own, instead of `times`."""
    fairness: Literal["tier", "subject"] = "subject"
    """Whether all users of the tier share its limit (`tier`) or each has it alone (`subject`)."""

    @model_validator(mode="after")
    def _one_way_to_say_it(self) -> Self:
        if self.times is not None and self.limits is not None:
            raise wrong_key("limits", "stands beside times; write one of them")
        return self

    @property
    def consumer_name(self) -> str:
        """The name of its consumer."""
        return self.consumer or f"{self.name}-tier"

    @property
    def group_name(self) -> str:
        """Its ACL group."""
        return self.group or self.name

    def effective_limits(self, standard: Limits) -> Limits:
        """What its users get, given the stack's `limits`."""
        return self.limits or standard.times(self.times or 1)
