"""What goes into a campaign and comes out."""

from collections.abc import Mapping
from datetime import time, timedelta
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from omnify_workflows.policies import POLICIES, Policies
from omnify_workflows.vocabulary import CampaignId, ClientId, Message, RecipientId


def _known(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"{zone!r} is no time zone; write one such as 'Europe/Berlin'") from error
    return zone


Zone = Annotated[str, AfterValidator(_known), Field(examples=["Europe/Berlin"])]
"""A time zone of the IANA's."""


class QuietHours(Message):
    """When nobody is written to, by the recipient's own clock. Over midnight when it begins later than it ends."""

    begins: time = time(20)
    ends: time = time(8)


class CampaignOrder(Message):
    """What to send to whom."""

    client: ClientId
    campaign: CampaignId
    segment: Annotated[str, Field(min_length=1, max_length=200)]
    """Whom OmniFy selects."""
    touches: Annotated[int, Field(ge=1, le=20)] = 3
    """How many messages a recipient gets who does not convert."""
    between_touches: timedelta = timedelta(days=3)
    batch: Annotated[int, Field(ge=1, le=1_000)] = 100
    """Recipients of one request."""
    per_minute: Annotated[float, Field(gt=0)] = 600.0
    """The most messages in a minute."""
    quiet: QuietHours | None = QuietHours()
    """None where messages may come at any time."""
    measure_after: timedelta = timedelta(days=7)
    """From the last message until the result is measured."""
    batches_in_run: Annotated[int, Field(ge=1, le=10_000)] = 500
    """Batches until the workflow continues as new."""
    policies: Policies = POLICIES
    carried: "Carried | None" = None
    """Left out by whoever starts one."""


class Stage(StrEnum):
    """How far a campaign is."""

    SELECTING = "selecting"
    SENDING = "sending"
    QUIET = "quiet hours"
    BETWEEN = "between touches"
    MEASURING = "measuring"
    ENDED = "ended"


class Carried(Message):
    """What a run hands to the one that goes on after it."""

    audience: Mapping[Zone, int]
    touch: int
    offsets: Mapping[Zone, int]
    """Recipients of the touch that were gone through, by zone."""
    sent: int
    skipped: int
    converted: tuple[RecipientId, ...]


class Selection(Message):
    """Whom to select."""

    client: ClientId
    campaign: CampaignId
    segment: str


class Audience(Message):
    """Who was selected, which does not change any more: how many in each zone."""

    zones: Mapping[Zone, int]


class Batch(Message):
    """Some recipients of a zone, in the audience's order."""

    client: ClientId
    campaign: CampaignId
    touch: int
    zone: Zone
    offset: int
    size: int
    converted: tuple[RecipientId, ...]
    """Who is left out."""


class BatchSent(Message):
    """What came of a batch."""

    sent: int
    skipped: int
    """Who had converted."""


class Ending(Message):
    """The end of a campaign."""

    client: ClientId
    campaign: CampaignId
    complete: bool
    """Whether it came to its end by itself."""


class Measures(Message):
    """What a campaign has brought."""

    recipients: int
    converted: int


class Conversion(Message):
    """Somebody has done what the campaign is for, by signal."""

    recipient: RecipientId


class Progress(Message):
    """How a campaign is."""

    stage: Stage
    audience: int
    touch: int
    touches: int
    sent: int
    skipped: int
    converted: int


class CampaignResult(Message):
    """What came of it."""

    client: ClientId
    campaign: CampaignId
    audience: int
    sent: int
    skipped: int
    measures: Measures


CampaignOrder.model_rebuild()
