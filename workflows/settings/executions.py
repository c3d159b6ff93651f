"""`executions:` the Temporal namespace that the workflows run in."""

from typing import Annotated, Literal

from pydantic import Field

from config.settings import Settings

AttributeName = Annotated[
    str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,63}$", title="search attribute", examples=["OmnifyClient"])
]
AttributeType = Literal["Keyword", "KeywordList", "Text", "Int", "Double", "Bool", "Datetime"]
"""Temporal's types of search attributes (temporal.api.enums.v1.IndexedValueType)."""


class Executions(Settings):
    """The Temporal namespace: a Job makes it, and brings it to what is said here."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{1,62}$")] = "omnify"
    """Its name in Temporal."""
    retention_days: Annotated[int, Field(ge=1, le=365, title="days", examples=[30])] = 30
    """How long the history of a workflow that has ended can be looked at."""
    search_attributes: dict[AttributeName, AttributeType] = Field(default={"OmnifyClient": "Keyword"})
    """By what workflows are found, with the type of each; the workflows set the default one. One that goes here stays
    in Temporal: workflows may have it."""
