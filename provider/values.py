"""Pulumi's property values, as they travel between the engine and a provider.

They are a protobuf Struct in which unknowns are well-known strings and secrets are wrapped in an object with a
signature (Pulumi: sdk/go/common/resource/plugin/rpc.go).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, cast

from google.protobuf import json_format, struct_pb2

from entities.schema import UNKNOWN

Values: TypeAlias = dict[str, Any]
"""Properties by name; a value is JSON-like, or UNKNOWN, at any depth."""

_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the engine's mark of a secret, itself public
_UNKNOWNS: Final = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # string
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)
_UNKNOWN_STRING: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


@dataclass(frozen=True)
class Properties:
    """A resource's properties, and the names of those that hold a secret."""

    values: Values
    secrets: frozenset[str] = field(default_factory=frozenset[str])


def has_unknown(value: object) -> bool:
    """Tell whether a value is unknown, or holds an unknown."""
    if isinstance(value, dict):
        return any(has_unknown(item) for item in cast("dict[str, object]", value).values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in cast("list[object]", value))
    return value is UNKNOWN


def decode(struct: struct_pb2.Struct) -> Properties:
    """Read properties from the wire. A secret anywhere in a property makes that whole property secret."""
    values: Values = {}
    secrets: set[str] = set()
    for name, wire in json_format.MessageToDict(struct).items():
        values[name], is_secret = _decode(wire)
        if is_secret:
            secrets.add(name)
    return Properties(values, frozenset(secrets))


def _decode(wire: object) -> tuple[Any, bool]:
    if isinstance(wire, str):
        return (UNKNOWN if wire in _UNKNOWNS else wire), False
    if isinstance(wire, float):
        return (int(wire) if wire.is_integer() else wire), False
    if isinstance(wire, list):
        items = [_decode(item) for item in cast("list[object]", wire)]
        return [value for value, _ in items], any(secret for _, secret in items)
    if isinstance(wire, dict):
        fields = cast("dict[str, object]", wire)
        if fields.get(_SIGNATURE) == _SECRET:
            return _decode(fields.get("value"))[0], True
        pairs = {name: _decode(value) for name, value in fields.items()}
        return {name: value for name, (value, _) in pairs.items()}, any(s for _, s in pairs.values())
    return wire, False


def encode(values: Mapping[str, Any], secrets: Iterable[str] = ()) -> struct_pb2.Struct:
    """Write properties for the wire, those named in `secrets` wrapped as secrets."""
    hidden = frozenset(secrets)
    struct = struct_pb2.Struct()
    struct.update(
        {
            name: {_SIGNATURE: _SECRET, "value": _encode(value)} if name in hidden else _encode(value)
            for name, value in values.items()
        }
    )
    return struct


def _encode(value: object) -> Any:  # noqa: ANN401 - a JSON-like value
    if value is UNKNOWN:
        return _UNKNOWN_STRING
    if isinstance(value, Mapping):
        return {name: _encode(item) for name, item in cast("Mapping[str, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_encode(item) for item in cast("Iterable[object]", value)]
    return value
