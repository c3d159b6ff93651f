"""The pairs of which request and response transformations are written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field

from entities.plugins.vocabulary import Text
from entities.schema.plugin_validators import assignment_error, header_pair_error, header_rename_error


def _pair_checked_by(find_error: Callable[[str], str | None]) -> AfterValidator:
    def check(pair: str) -> str:
        name, colon, _ = pair.partition(":")
        if not name or not colon:
            message = f"invalid value: {pair}: write name:value"
            raise ValueError(message)
        error = find_error(pair)
        if error:
            raise ValueError(error)
        return pair

    return AfterValidator(check)


def _header(name: str) -> str:
    error = header_pair_error(name)
    if error:
        raise ValueError(error)
    return name


def _any_value(_: str) -> None:
    return None


Header: TypeAlias = Annotated[Text, AfterValidator(_header)]
HeaderPair: TypeAlias = Annotated[Text, _pair_checked_by(header_pair_error)]
HeaderRename: TypeAlias = Annotated[Text, _pair_checked_by(header_rename_error)]
Pair: TypeAlias = Annotated[Text, _pair_checked_by(_any_value)]
Assignment: TypeAlias = Annotated[Text, _pair_checked_by(assignment_error)]

Headers: TypeAlias = Annotated[tuple[Header, ...], Field(strict=False)]
HeaderPairs: TypeAlias = Annotated[tuple[HeaderPair, ...], Field(strict=False)]
"""Written `name:value`."""
HeaderRenames: TypeAlias = Annotated[tuple[HeaderRename, ...], Field(strict=False)]
"""Written `old:new`."""
Pairs: TypeAlias = Annotated[tuple[Pair, ...], Field(strict=False)]
"""Written `name:value`."""
Assignments: TypeAlias = Annotated[tuple[Assignment, ...], Field(strict=False)]
"""Written `name:value`, with a value."""
