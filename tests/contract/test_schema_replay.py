"""Every entity that a real Kong accepted or refused is accepted or refused here, with the same result."""

from __future__ import annotations

from typing import Any, NamedTuple, cast
from urllib.parse import unquote

import pytest

from entities.schema import kong_schema, refusal
from tests.recordings import Exchange, needs_recordings, recorded_exchanges

pytestmark = needs_recordings

_REMOVED_KEY = "{{throwaway test private key removed}}"
_KIND_OF = {
    "acls": "acls",
    "basic-auth": "basicauth_credentials",
    "basic-auths": "basicauth_credentials",
    "ca_certificates": "ca_certificates",
    "certificates": "certificates",
    "consumers": "consumers",
    "jwt": "jwt_secrets",
    "jwts": "jwt_secrets",
    "key-auth": "keyauth_credentials",
    "key-auths": "keyauth_credentials",
    "plugins": "plugins",
    "routes": "routes",
    "services": "services",
    "snis": "snis",
    "targets": "targets",
    "upstreams": "upstreams",
}
_PARENT_OF = {
    "certificates": "certificate",
    "consumers": "consumer",
    "routes": "route",
    "services": "service",
    "upstreams": "upstream",
}
_ENDPOINT_KEY = {
    "acls": "group",
    "basicauth_credentials": "username",
    "consumers": "username",
    "jwt_secrets": "key",
    "keyauth_credentials": "key",
    "plugins": "instance_name",
    "routes": "name",
    "services": "name",
    "snis": "name",
    "targets": "target",
    "upstreams": "name",
}
_SOME_ID = "00000000-0000-4000-8000-000000000000"
_MADE_BY_KONG = {"id", "created_at", "updated_at", "ttl"}
_NOT_REPLAYABLE = (
    "already associated with existing certificate",  # only the database knows
    "must match the associated route's",  # only the database knows
    "certificate does not match key",  # the recording has no private keys
)


class Write(NamedTuple):
    """An entity that was sent to be created or replaced, as its path completes it."""

    exchange: Exchange
    kind: str
    document: dict[str, Any]

    def __str__(self) -> str:
        return str(self.exchange)


def _write(exchange: Exchange) -> Write | None:
    steps = [unquote(step) for step in exchange.path.split("?")[0].strip("/").split("/")]
    collections = [step for step in steps[::2] if step in _KIND_OF]
    sent = cast("dict[str, Any] | str", exchange.sent or {})
    if isinstance(sent, str) or exchange.method not in ("POST", "PUT") or len(collections) * 2 < len(steps):
        return None
    document = {key: "{vault://env/key}" if value == _REMOVED_KEY else value for key, value in sent.items()}
    kind = _KIND_OF[collections[-1]]
    if len(collections) == 2:
        document[_PARENT_OF[collections[0]]] = {"id": _SOME_ID}
    if exchange.method == "PUT":
        identity = steps[-1]
        by_id = len(identity) == 36 and identity.count("-") == 4
        document["id" if by_id else _ENDPOINT_KEY.get(kind, "id")] = identity
    if exchange.method == "PUT" and kind == "certificates" and "-" not in document["id"]:
        document["id"] = _SOME_ID
    return Write(exchange, kind, document)


_WRITES = [write for exchange in recorded_exchanges() if (write := _write(exchange))]
_ACCEPTED = [write for write in _WRITES if write.exchange.status in (200, 201) and write.exchange.recording != "dbless"]
_REFUSED = [
    write
    for write in _WRITES
    if write.exchange.status == 400
    and write.exchange.received.get("name") == "schema violation"
    and not any(reason in write.exchange.received["message"] for reason in _NOT_REPLAYABLE)
]


@pytest.mark.parametrize("write", _ACCEPTED, ids=str)
def test_what_kong_accepted_has_no_violations(write: Write) -> None:
    assert kong_schema().check(write.kind, write.document) == []


@pytest.mark.parametrize("write", _ACCEPTED, ids=str)
def test_what_kong_accepted_completes_to_what_it_returned(write: Write) -> None:
    completed = kong_schema().complete(write.kind, write.document)
    returned = write.exchange.received

    made_by_kong = _MADE_BY_KONG | ({"key", "secret", "password"} - write.document.keys())
    if write.kind == "basicauth_credentials":
        made_by_kong |= {"password"}
    references = {name for name, value in returned.items() if isinstance(value, dict) and value.keys() == {"id"}}
    ignored = made_by_kong | references | {name for name, value in returned.items() if value == _REMOVED_KEY}
    assert _without(completed, ignored) == _without(returned, ignored)
    assert {name for name in references if not completed.get(name)} == set()


def _without(document: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in names}


@pytest.mark.parametrize("write", _ACCEPTED, ids=str)
def test_what_kong_returned_differs_in_nothing_from_what_was_asked_for(write: Write) -> None:
    desired = {**write.document}
    for name, value in write.exchange.received.items():
        if isinstance(desired.get(name), dict) and isinstance(value, dict) and value.keys() == {"id"}:
            desired[name] = value
        if value == _REMOVED_KEY:
            desired[name] = value

    assert kong_schema().differences(write.kind, desired, write.exchange.received) == []


@pytest.mark.parametrize("write", _REFUSED, ids=str)
def test_what_kong_refused_is_refused_in_its_words(write: Write) -> None:
    found = refusal(kong_schema().check(write.kind, write.document))

    assert _openssl_aside(found["fields"]) == _openssl_aside(write.exchange.received["fields"])


def _openssl_aside(fields: dict[str, Any]) -> dict[str, Any]:
    """OpenSSL's own reasons cannot be repeated: only Kong's words before them count."""
    return {
        name: message.split(": ")[0] if isinstance(message, str) and message.startswith("invalid cert") else message
        for name, message in fields.items()
        if not (name == "key" and isinstance(message, str) and message.startswith("invalid key"))
    }


def test_the_recordings_hold_writes_of_every_kind_that_is_replayed() -> None:
    replayed = {write.kind for write in _ACCEPTED + _REFUSED}

    assert replayed == set(_KIND_OF.values())
