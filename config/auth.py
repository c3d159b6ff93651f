"""`auth:` how the gateway knows who calls: bearer tokens of a Keycloak realm.

Three kinds, one for each plugin that can judge such a token, and `none`. The choice decides what a stack needs: `jwt`
needs nothing but Kong OSS and the realm's public key, `openid-connect` needs Kong Enterprise, `oidc` an image that
carries the community plugin kong-oidc.
"""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from pydantic import AfterValidator, Field, model_validator

from config.keys import UnsuitableKeyError, chosen_key, key_id_of_pem, normal_pem, signing_keys
from config.project import PROJECT
from config.settings import Settings, wrong_key
from config.vocabulary import ClaimName, Issuer


def _public_key(pem: str) -> str:
    if "PRIVATE KEY" in pem:
        raise ValueError("is a private key; write the realm's public key ('-----BEGIN PUBLIC KEY-----')")
    try:
        return normal_pem(serialization.load_pem_public_key(pem.strip().encode()))
    except (ValueError, UnsupportedAlgorithm) as error:
        if isinstance(error, UnsuitableKeyError):
            raise
        raise ValueError(
            "is not a public key in PEM; write the realm's RS256 key as '-----BEGIN PUBLIC KEY-----'"
        ) from error


PublicKeyPem = Annotated[str, AfterValidator(_public_key), Field(title="public key in PEM")]
"""An RSA public key in PEM (SPKI). Kong stores a key byte for byte, so it is brought to one form."""


def _jwks_file(name: str) -> str:
    """The name of a readable JWKS file in the project."""
    file = (PROJECT / name).resolve()
    if not file.is_relative_to(PROJECT):
        raise ValueError(f"{name!r} is outside the project; write a path below it, such as 'keys/omnify.jwks.json'")
    try:
        signing_keys(file.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ValueError(f"there is no file {name!r}; write one with 'python -m gateway keys'") from error
    return name


JwksFile = Annotated[
    str, Field(min_length=1, title="path of a file", examples=["keys/dev.jwks.json"]), AfterValidator(_jwks_file)
]
"""The path, seen from Pulumi.yaml, of a JSON Web Key Set (RFC 7517)."""


class Realm(Settings):
    """What all kinds need to know of the realm."""

    issuer: Issuer
    """The realm's URL, exactly as its tokens carry it in `iss`."""
    audience: Annotated[str, Field(min_length=1, max_length=255)] = "omnify-api"
    """What a token must carry in `aud`: an audience mapper in Keycloak puts it there."""
    tier_claim: ClaimName = "tier"
    """The claim that names the caller's tier: a mapper from an attribute that only administrators can write."""


class JwtAuth(Realm):
    """Kong's own `jwt` plugin behind the guard (`entities/auth/guard.lua`): the default, on every edition."""

    kind: Literal["jwt"]
    signing_key: PublicKeyPem | None = None
    """The realm's RS256 public key in PEM."""
    jwks_file: JwksFile | None = None
    """Instead of `signingKey`: the realm's published keys in a file. `python -m gateway keys` writes it."""
    unguarded_routes: Literal["refuse", "pass"] = "refuse"
    """What happens on a route that has no guard and is not declared public, such as one that was made by hand, or one
    whose guard is about to be made: `refuse` answers 503."""
    key_id: Annotated[str, Field(min_length=1)] | None = None
    """Which key of `jwksFile` signs (`kid`), where it has several."""
    rotation: Literal["simple", "seamless"] = "simple"
    """How the realm changes its key. `simple`: one key at a time, so tokens are refused between the change there
    and the deploy here. `seamless`: every key of `jwksFile` verifies tokens, and no valid token is refused."""

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        if (self.signing_key is None) == (self.jwks_file is None):
            raise wrong_key("jwksFile", "the realm's key is needed once; write either jwksFile or signingKey")
        if self.key_id is not None and self.jwks_file is None:
            raise wrong_key("keyId", "chooses from jwksFile; remove it beside signingKey")
        try:
            _ = self.public_keys if self.rotation == "seamless" else self.public_key
        except UnsuitableKeyError as error:
            raise wrong_key("keyId", str(error)) from error
        return self

    @model_validator(mode="after")
    def _a_whole_scheme(self) -> Self:
        if self.rotation != "seamless":
            return self
        if self.key_id is not None:
            raise wrong_key("keyId", "chooses one key, and rotation 'seamless' takes all of jwksFile; remove it")
        if self.unguarded_routes != "refuse":
            raise wrong_key("unguardedRoutes", "is always 'refuse' with rotation 'seamless'; remove it")
        return self

    @property
    def public_key(self) -> str:
        """The key that verifies tokens, in PEM (SPKI).

        Raises:
            ValueError: `jwksFile` leaves open which key it is.
        """
        if self.jwks_file is None:
            return self.signing_key or ""
        return chosen_key(self._published(self.jwks_file), self.key_id)

    @property
    def public_keys(self) -> Mapping[str, str]:
        """Every key that may sign, in PEM by its `kid`, in the order of their names."""
        if self.jwks_file is None:
            key = self.signing_key or ""
            return {key_id_of_pem(key): key}
        return dict(sorted(self._published(self.jwks_file).items()))

    @staticmethod
    def _published(name: str) -> Mapping[str, str]:
        return signing_keys((PROJECT / name).read_text("utf-8"))


class OpenIdConnectAuth(Realm):
    """Kong Enterprise's `openid-connect` plugin. It fetches the realm's keys itself."""

    kind: Literal["openid-connect"]


class OidcAuth(Realm):
    """The community plugin kong-oidc, in images that carry it. It sets no consumer: groups come from the token."""

    kind: Literal["oidc"]
    groups_claim: ClaimName = "groups"
    """The claim with the list of the caller's groups."""


class NoAuth(Settings):
    """Nobody is asked who they are. Every route is public then, or guarded by plugins of the stack's own."""

    kind: Literal["none"]


Auth = Annotated[JwtAuth | OpenIdConnectAuth | OidcAuth | NoAuth, Field(discriminator="kind")]
