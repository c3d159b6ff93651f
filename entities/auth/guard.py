"""The guard in front of the `jwt` plugin, as the Lua that the `pre-function` plugin runs."""

from collections.abc import Mapping
from dataclasses import dataclass

from entities.auth.lua import lua_set, lua_string, lua_table, source

SUBJECT_HEADER = "TokenSubject"
"""The header in which the guard hands the token's subject to `rate-limiting` (`limit_by: header`)."""


@dataclass(frozen=True, kw_only=True)
class SeveralKeys:
    """What the guard does besides where several keys of the realm hold at once; seamless.lua says how."""

    keys: tuple[str, ...]
    """The `kid` of each."""
    credentials: Mapping[str, str]
    """The id of each tier's key-auth credential."""

    def render(self) -> str:
        """The locals and the functions, as the body of a function."""
        return "\n".join(
            (
                f"local keys = {lua_set(self.keys)}",
                f"local credentials = {lua_table(self.credentials)}",
                source("seamless.lua").rstrip(),
            )
        )


@dataclass(frozen=True, kw_only=True)
class Guard:
    """What the guard asks of a token before the `jwt` plugin sees it; guard.lua says how.

    It needs nothing of Kong but its default sandbox for Lua (`untrusted_lua = sandbox`).

    Raises:
        ValueError: a setting is empty, so that the guard would let nobody or anybody in.
    """

    issuer: str
    """The `iss` claim, exactly: for Keycloak `https://HOST/realms/REALM`."""
    audience: str
    """What `aud` must be or hold."""
    tier_claim: str = "tier"
    """The claim by which the `jwt` plugin finds the tier's credential (its `key_claim_name`)."""
    tiers: tuple[str, ...]
    """The claim's values that stand for a tier."""
    preflight: bool
    """Whether the `cors` plugin runs on the same route and answers preflights, which have no token."""
    rotation: SeveralKeys | None = None
    """How the realm's keys change; None where one key signs at a time."""

    def __post_init__(self) -> None:
        for name in ("issuer", "audience", "tier_claim"):
            if not getattr(self, name):
                raise ValueError(f"guard: {name} is empty; say what the tokens carry")
        if not self.tiers or not all(self.tiers):
            raise ValueError("guard: tiers is empty or has an empty name; name each tier that may pass")

    def render(self) -> str:
        """The function for `config.access`. The same guard always renders to the same text."""
        settings = (
            f"  issuer = {lua_string(self.issuer)},",
            f"  audience = {lua_string(self.audience)},",
            f"  tier_claim = {lua_string(self.tier_claim)},",
            f"  tiers = {lua_set(self.tiers)},",
            f"  preflight = {str(self.preflight).lower()},",
        )
        return "\n".join(
            (
                "local settings = {",
                *settings,
                "}",
                "",
                "local decode_json = (function()",
                source("json.lua").rstrip(),
                "end)()",
                "",
                "local rotation = (function()",
                self.rotation.render() if self.rotation else source("simple.lua").rstrip(),
                "end)()",
                "",
                source("guard.lua"),
            )
        )
