"""Values for the secrets to which a stack's entities refer: a rehearsal has none of the real ones."""

from collections.abc import Mapping

from pydantic import JsonValue

from entities.secret import configured_secrets


def rehearsed_secrets(document: Mapping[str, JsonValue], environment: Mapping[str, str]) -> dict[str, str]:
    """A value for each secret: of the variable `GATEWAY_SECRET_<NAME>` (dots and dashes are underscores there), else a
    made-up one."""
    names = configured_secrets(document)
    return {name: environment.get(_variable(name)) or f"rehearsed-{name}" for name in names}


def _variable(name: str) -> str:
    return "GATEWAY_SECRET_" + name.upper().replace("-", "_").replace(".", "_")
