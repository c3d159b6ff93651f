"""`vault:` Secrets that are in the gateway's namespace already, for Kong's own references to them."""

from typing import Annotated

from pydantic import AfterValidator

from config.counters import SecretKey
from config.vocabulary import KubernetesName

_TAKEN = "redis-password"
"""What the counters' password is called."""


def _free(name: str) -> str:
    if name.startswith("kong-") or name == "kong":
        raise ValueError(f"{name!r} would be a variable KONG_…, which Kong takes for a setting; write another name")
    if name == _TAKEN:
        raise ValueError(f"{name!r} is the counters' password (counters.passwordSecret); write another name")
    return name


VaultName = Annotated[KubernetesName, AfterValidator(_free)]
"""What stands for NAME in `{vault://env/NAME}` (Kong: kong/vaults/env)."""

Vault = dict[VaultName, SecretKey]
"""Where the value of each is. Kong's pods get them as environment variables, and nothing else has them."""
