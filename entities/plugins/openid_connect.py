"""Kong Enterprise's `openid-connect`.

No schema of it was recorded (the open-source gateway has none): only the fields that decide what a token may do
are modelled, with names and values from Kong's plugin reference (developer.konghq.com/plugins/openid-connect),
and the rest is left to Kong's defaults. Where ours differ from Kong's, the description says so.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from entities.plugins.base import PluginConfig
from entities.plugins.vocabulary import ReferenceableUrl, Text, Texts
from entities.schema.editions import ENTERPRISE, Edition

_AuthMethod: TypeAlias = Literal[
    "password",
    "client_credentials",
    "authorization_code",
    "bearer",
    "introspection",
    "userinfo",
    "kong_oauth2",
    "refresh_token",
    "session",
]
_TokenPlace: TypeAlias = Literal["header", "cookie", "query", "body"]
_ConsumerField: TypeAlias = Literal["id", "username", "custom_id"]


class OpenidConnect(PluginConfig):
    """Bearer tokens of one issuer for one audience, each mapped to a consumer. It fetches the issuer's keys itself."""

    plugin: ClassVar[str] = "openid-connect"
    editions: ClassVar[frozenset[Edition]] = ENTERPRISE

    issuer: ReferenceableUrl = Field(description="The realm's URL, or that of its discovery document.")
    client_id: Texts | None = None
    client_secret: Texts | None = Field(default=None, repr=False, description="May be vault references.")
    auth_methods: Annotated[tuple[_AuthMethod, ...], Field(strict=False, min_length=1)] = Field(
        default=("bearer",), description="Kong's default is all of them, the login flow among them."
    )
    bearer_token_param_type: Annotated[tuple[_TokenPlace, ...], Field(strict=False, min_length=1)] = Field(
        default=("header",), description="Kong's default also takes tokens from the query and the body."
    )
    audience_required: Annotated[Texts, Field(min_length=1)] = Field(
        description="Audiences of which a token must name one; Kong's default asks for none."
    )
    issuers_allowed: Texts | None = Field(
        default=None, description="Values of iss; the issuer of the discovery document unless given."
    )
    consumer_claim: Texts | None = Field(
        default=None, description="The claim that picks the consumer, as a path of keys; null maps no consumer."
    )
    consumer_by: Annotated[tuple[_ConsumerField, ...], Field(strict=False, min_length=1)] = Field(
        default=("custom_id",),
        description="The consumer's field that must equal the claim; Kong's default is two fields.",
    )
    consumer_optional: bool = Field(default=False, description="Whether a token without a consumer passes.")
    upstream_headers_claims: Texts | None = Field(default=None, description="Claims to hand on, to later plugins too.")
    upstream_headers_names: Texts | None = Field(
        default=None, description="The header for each of upstream_headers_claims."
    )
    anonymous: Text | None = Field(
        default=None, description="Id or username of the consumer of unauthenticated requests."
    )
    ssl_verify: bool = Field(
        default=True, description="Whether to verify the issuer's certificate; Kong's default does not."
    )
    run_on_preflight: bool = Field(default=True, description="Whether OPTIONS requests need a token too.")

    @model_validator(mode="after")
    def _has_a_header_for_each_claim(self) -> Self:
        claims, names = self.upstream_headers_claims or (), self.upstream_headers_names or ()
        if len(claims) != len(names):
            message = (
                f"upstream_headers_claims has {len(claims)} entries and upstream_headers_names {len(names)}: "
                "write one header for each claim"
            )
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _never_passes_unauthenticated_requests(self) -> Self:
        if self.anonymous is not None and self.consumer_claim is not None:
            message = "anonymous lets requests without a token pass to a consumer: leave it out or consumer_claim"
            raise ValueError(message)
        return self
