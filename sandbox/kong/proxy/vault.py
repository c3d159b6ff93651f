"""Vault references, of the vault `env` alone (Kong: kong/vaults/env/init.lua)."""

import re
from collections.abc import Mapping

_REFERENCE = re.compile(r"\{vault://env/([A-Za-z0-9_-]+)\}")


def resolved(value: str | None, environment: Mapping[str, str]) -> str:
    """A field's value; empty where the variable of a reference is not set, as in Kong."""
    found = _REFERENCE.fullmatch(value or "")
    if found is None:
        return value or ""
    return environment.get(found[1].replace("-", "_").upper(), "")
