"""What of an entity may be shown: secrets are not.

Secret is what Kong keeps encrypted or takes from a vault, and what lets somebody in. References to a vault are shown.
"""

from collections.abc import Mapping
from typing import Any, Final, cast

from entities.schema import UNKNOWN, kong_schema
from entities.schema.document import is_vault_reference

MASK: Final = "[secret]"

Pattern = tuple[str, ...]
"""A field's path, in which `*` is each item of a list or a map."""

_CREDENTIALS: Final[Mapping[str, frozenset[str]]] = {
    "jwt_secrets": frozenset({"secret"}),
    "keyauth_credentials": frozenset({"key"}),
}
"""Secrets that Kong keeps in the clear, so that its schema does not mark them."""
_PUBLIC: Final[Mapping[str, frozenset[str]]] = {"certificates": frozenset({"cert", "cert_alt"})}
"""What may come from a vault and is no secret."""
_SUSPICIOUS: Final = ("secret", "password", "token", "api_key", "private_key")
"""What the secrets of plugins are called whose schema is not known."""


def masked(kind: str, plugin: str, path: tuple[str | int, ...], value: Any) -> Any:  # noqa: ANN401 (JSON)
    """A value of an entity, `[secret]` in the place of each secret in it.

    `plugin` is the name of a plugin, and `path` where the value stands in the entity's document.
    """
    return _masked(_Secrets(kind, plugin), tuple("*" if isinstance(step, int) else step for step in path), value)


class _Secrets:
    """Which fields of an entity are secret."""

    def __init__(self, kind: str, plugin: str) -> None:
        self._guessed = kind == "plugins" and not kong_schema().knows(plugin)
        own = (_marked(kind) | _CREDENTIALS.get(kind, frozenset())) - _PUBLIC.get(kind, frozenset())
        configured = {f"config.{name}" for name in _marked(plugin)} if kind == "plugins" else set[str]()
        self._patterns = {tuple(name.split(".")) for name in own | configured}

    def hold(self, path: Pattern) -> bool:
        """Whether texts at a path are secret."""
        if self._guessed:
            return any(word in step for step in path[1:] for word in _SUSPICIOUS)
        return any(
            len(pattern) == len(path) and all(want in ("*", step) for want, step in zip(pattern, path, strict=True))
            for pattern in self._patterns
        )


def _marked(name: str) -> frozenset[str]:
    return kong_schema().encrypted(name) | kong_schema().referenceable(name)


def _masked(secrets: _Secrets, path: Pattern, value: Any) -> Any:  # noqa: ANN401 (JSON)
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value)
        return {key: _masked(secrets, (*path, key), item) for key, item in items.items()}
    if isinstance(value, list):
        return [_masked(secrets, (*path, "*"), item) for item in cast("list[Any]", value)]
    if value is UNKNOWN:
        return MASK
    shown = not isinstance(value, str) or value == "" or is_vault_reference(value)
    return value if shown or not secrets.hold(path) else MASK
