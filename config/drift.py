"""`drift:` what others may change in the live gateway without it being drift."""

from typing import Annotated

from pydantic import Field

from config.settings import Settings
from config.vocabulary import EntityKind, Reason


class AllowedChange(Settings):
    """Fields that somebody else may set, such as an autoscaler or the people on call.

    It is for `python -m gateway drift` alone: `pulumi up` knows nothing of it. It leaves such a change where it is as
    long as it has no other reason to write the entity; when it does, it writes the whole entity, as it is declared. In
    a preview with `--refresh` the change shows, and `pulumi up --refresh` undoes it.
    """

    kind: EntityKind
    """Kong's name of the kind, such as `plugins`."""
    name: Annotated[str, Field(min_length=1)]
    """What the entity is called in `drift`'s report, such as `consumer/free/rate-limiting`; `*` stands for any text."""
    fields: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]
    """Paths in Kong's terms, such as `config.minute`; a record stands for all of its fields."""
    reason: Reason
    """Why, for the next reader."""


class Drift(Settings):
    """How the live gateway is compared with what is declared."""

    allowed: tuple[AllowedChange, ...] = ()
    """What others may change."""
