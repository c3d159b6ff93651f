"""The words that all workflows share."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Message(BaseModel):
    """What goes into a workflow or an activity or comes out: frozen, closed, camelCase over HTTP."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        use_attribute_docstrings=True,
    )


ClientId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", examples=["acme"])]
"""A client of OmniFy's."""
ModelName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", examples=["eyes-bidding"])]
"""A model of EYES."""
CampaignId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", examples=["spring-2027"])]
"""A campaign; ids are of one client."""
RecipientId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,128}$", examples=["r-1017"])]
"""Somebody who gets a campaign's messages."""
Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s.]+$", max_length=254, examples=["ada@acme.example"])]
"""An address for mail."""


class Tier(StrEnum):
    """What a client has booked: the groups of the realm, which are the gateway's tiers."""

    FREE = "free"
    PRO = "pro"
    ENTERPRISE = "enterprise"


class Platform(StrEnum):
    """Where a client's advertisements run."""

    GOOGLE = "google"
    META = "meta"
    TIKTOK = "tiktok"
    LINKEDIN = "linkedin"


class Contact(Message):
    """Whom OmniFy writes to at a client's."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    email: Email
