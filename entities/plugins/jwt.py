"""Kong's `jwt`: a signed token picks the credential, and so the consumer (Kong: kong/plugins/jwt/schema.lua)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from entities.plugins.base import PluginConfig
from entities.plugins.vocabulary import Text, Texts

_AtMostAYear: TypeAlias = Annotated[int, Field(ge=0, le=31_536_000)] | Annotated[float, Field(ge=0, le=31_536_000)]


class Jwt(PluginConfig):
    """It checks the signature and the claims named here; not issuer, audience or token type."""

    plugin: ClassVar[str] = "jwt"

    uri_param_names: Texts | None = Field(default=("jwt",), description="Query parameters that may carry the token.")
    cookie_names: Texts | None = Field(default=(), description="Cookies that may carry the token.")
    header_names: Texts | None = Field(default=("authorization",), description="Headers that may carry the token.")
    key_claim_name: Text | None = Field(default="iss", description="The claim that names the credential's key.")
    secret_is_base64: bool = False
    claims_to_verify: Annotated[tuple[Literal["exp", "nbf"], ...], Field(strict=False)] | None = Field(
        default=None, description="Time claims that a token must have and meet; nbf refuses tokens without it."
    )
    maximum_expiration: _AtMostAYear | None = Field(
        default=0, description="Seconds that a token may live at most; 0 is any time."
    )
    anonymous: Text | None = Field(
        default=None, description="Id or username of the consumer of unauthenticated requests."
    )
    realm: Text | None = Field(default=None, description="Sent in WWW-Authenticate.")
    run_on_preflight: bool = Field(default=True, description="Whether OPTIONS requests need a token too.")

    @model_validator(mode="after")
    def _a_longest_life_needs_an_expiry(self) -> Self:
        if self.maximum_expiration and "exp" not in (self.claims_to_verify or ()):
            message = "maximum_expiration without verifying the expiry does nothing: write claims_to_verify: [exp]"
            raise ValueError(message)
        return self
