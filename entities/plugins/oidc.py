"""The community's `oidc` (kong-oidc, the fork with `bearer_jwt_auth_*`), for images that carry it.

No edition of Kong bundles it and no schema of it was recorded; fields and types are those of its schema.lua,
version 1.3. Its booleans are the strings "yes" and "no". It sets no consumer: groups come from an array claim.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from entities.plugins.base import PluginConfig
from entities.plugins.vocabulary import Number, Text, Texts

YesOrNo: TypeAlias = Literal["yes", "no"]


class Oidc(PluginConfig):
    """Bearer tokens checked by the issuer's keys. Where a default is safer than the plugin's, it says so."""

    plugin: ClassVar[str] = "oidc"

    client_id: Text
    client_secret: Text = Field(repr=False)
    discovery: Text = Field(description="URL of the realm's /.well-known/openid-configuration.")
    introspection_endpoint: Text | None = None
    introspection_endpoint_auth_method: Text | None = None
    introspection_cache_ignore: YesOrNo = "no"
    timeout: Number | None = Field(default=None, description="For calls to the issuer, in milliseconds.")
    bearer_only: YesOrNo = Field(
        default="yes", description="Whether to refuse instead of sending to a login; theirs is no."
    )
    realm: Text = Field(default="kong", description="Sent in WWW-Authenticate.")
    redirect_uri: Text | None = None
    scope: Text = "openid"
    validate_scope: YesOrNo = "no"
    use_nonce: YesOrNo = "no"
    response_type: Text = "code"
    ssl_verify: YesOrNo = Field(default="yes", description="Whether to verify the issuer's certificate; theirs is no.")
    use_jwks: YesOrNo = Field(
        default="yes", description="Whether to check signatures by the issuer's keys; theirs is no."
    )
    token_endpoint_auth_method: Text = Field(
        default="client_secret_post", description="How the plugin authenticates to the issuer."
    )
    session_secret: Text | None = Field(default=None, repr=False)
    recovery_page_path: Text | None = None
    logout_path: Text | None = "/logout"
    redirect_after_logout_uri: Text | None = "/"
    redirect_after_logout_with_id_token_hint: YesOrNo | None = Field(
        default="no", description="Whether the logout redirect names the ID token."
    )
    post_logout_redirect_uri: Text | None = None
    unauth_action: Literal["auth", "deny"] | None = Field(
        default="deny", description="Without a token; theirs is auth."
    )
    filters: Text | None = None
    ignore_auth_filters: Text | None = Field(default=None, description="Paths, by commas, that need no token.")
    userinfo_header_name: Text | None = "X-USERINFO"
    id_token_header_name: Text | None = Field(
        default="X-ID-Token", description="The header that takes the ID token to the backend."
    )
    access_token_header_name: Text | None = Field(
        default="X-Access-Token", description="The header that takes the access token to the backend."
    )
    access_token_as_bearer: YesOrNo | None = Field(
        default="no", description="Whether that header says Bearer before the token."
    )
    disable_userinfo_header: YesOrNo | None = "no"
    disable_id_token_header: YesOrNo | None = Field(
        default="no", description="Whether to keep the ID token from the backend."
    )
    disable_access_token_header: YesOrNo | None = Field(
        default="no", description="Whether to keep the access token from the backend."
    )
    revoke_tokens_on_logout: YesOrNo | None = "no"
    groups_claim: Text | None = Field(default="groups", description="The array claim that holds a user's groups.")
    skip_already_auth_requests: YesOrNo | None = "no"
    bearer_jwt_auth_enable: YesOrNo | None = Field(
        default="yes", description="Whether to take signed tokens from Authorization; theirs is no."
    )
    bearer_jwt_auth_allowed_auds: Texts | None = Field(
        default=None, description="Audiences that a token may have; the client's id unless given."
    )
    bearer_jwt_auth_signing_algs: Annotated[Texts, Field(min_length=1)] = ("RS256",)
    header_names: Texts = Field(default=(), description="Headers for the backend, one for each of header_claims.")
    header_claims: Texts = ()

    @model_validator(mode="after")
    def _has_a_claim_for_each_header(self) -> Self:
        if len(self.header_names) != len(self.header_claims):
            message = (
                f"header_names has {len(self.header_names)} entries and header_claims {len(self.header_claims)}: "
                "write one claim for each header"
            )
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _takes_asymmetric_signatures(self) -> Self:
        weak = [name for name in self.bearer_jwt_auth_signing_algs if name == "none" or name.startswith("HS")]
        if weak:
            message = f"{weak[0]} needs no key of the issuer's: write RS256 in bearer_jwt_auth_signing_algs"
            raise ValueError(message)
        return self
