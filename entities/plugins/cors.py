"""Kong's `cors`: what browsers may do from other origins (Kong: kong/plugins/cors/schema.lua)."""

from __future__ import annotations

from typing import Annotated, ClassVar, get_args

from pydantic import AfterValidator, Field

from entities.plugins.base import PluginConfig
from entities.plugins.vocabulary import Method, Methods, Number, Text, Texts
from entities.schema.plugin_validators import cors_origin_error


def _origin(text: str) -> str:
    error = cors_origin_error(text)
    if error:
        raise ValueError(error)
    return text


class Cors(PluginConfig):
    """Answers preflights before any authentication, and adds the headers to other answers."""

    plugin: ClassVar[str] = "cors"

    origins: Annotated[tuple[Annotated[Text, AfterValidator(_origin)], ...], Field(strict=False)] | None = Field(
        default=None, description="Origins as scheme and host, regular expressions, or `*`; null is `*`."
    )
    methods: Methods | None = Field(default=get_args(Method), description="Methods that preflights allow.")
    headers: Texts | None = Field(
        default=None, description="Request headers that preflights allow; null allows those asked for."
    )
    exposed_headers: Texts | None = Field(default=None, description="Response headers that scripts may read.")
    max_age: Number | None = Field(
        default=None, description="Seconds for which browsers may keep a preflight's answer."
    )
    credentials: bool = Field(default=False, description="Whether browsers may send cookies and Authorization.")
    private_network: bool = Field(default=False, description="Whether public sites may reach a private network.")
    preflight_continue: bool = Field(default=False, description="Whether the backend answers preflights.")
