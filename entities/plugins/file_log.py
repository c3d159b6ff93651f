"""Kong's `file-log`: one JSON line a request (Kong: kong/plugins/file-log/schema.lua)."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from entities.plugins.base import PluginConfig
from entities.plugins.vocabulary import LuaFields, Text


def _file_name(path: str) -> str:
    if re.search(r"[*&%\\`]", path):
        message = r"not a valid filename: leave out * & % \ and `"
        raise ValueError(message)
    return path


class FileLog(PluginConfig):
    """Lines of all workers go into one file; `/dev/stdout` is the container's log."""

    plugin: ClassVar[str] = "file-log"

    path: Annotated[Text, AfterValidator(_file_name)]
    reopen: bool = Field(default=False, description="Whether to open the file anew for each request, for rotation.")
    custom_fields_by_lua: LuaFields | None = None
