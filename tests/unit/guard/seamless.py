"""A stack with seamless rotation, its entities in the store one by one, as an update writes and deletes them."""

import json
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from jwt.algorithms import RSAAlgorithm

from entities.model import Entity, EntityKind
from entities.state import DesiredState
from tests.unit.config.documents import Edit, put
from tests.unit.entities.states import desired
from tests.unit.guard.tokens import AUDIENCE, ISSUER, public_key
from tests.unit.proxy.harness import Gateway

Name = tuple[EntityKind, str]
HOST = "kong.test"


class KeySet:
    """The realm's published keys, in the file that the stack names; a key's name is its `kid`."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("config.auth.PROJECT", folder)
        self._file = folder / "keys.json"

    def write(self, *kids: str) -> None:
        self._file.write_text(json.dumps({"keys": [_jwk(kid) for kid in kids]}))


def _jwk(kid: str) -> dict[str, Any]:
    key = cast("Any", load_pem_public_key(public_key(kid).encode()))
    return {**RSAAlgorithm.to_jwk(key, as_dict=True), "kid": kid, "alg": "RS256", "use": "sig"}


def stack(*edits: Edit, rotation: str = "seamless", **auth: Any) -> DesiredState:
    """The dev stack, its backend the tests' own, whose realm is the tests'."""
    given = {"kind": "jwt", "issuer": ISSUER, "audience": AUDIENCE, "jwksFile": "keys.json", "rotation": rotation}
    return desired(put("auth", given | auth), *edits)


def named(state: DesiredState) -> Mapping[Name, Entity]:
    return {(entity.kind, entity.key): entity for entity in state}


class Kong:
    """Kong's store and proxy, written to as its Admin API would write."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self._keys: dict[str, str] = {}
        for kind in ("routes", "services"):
            for document in gateway.store.all(kind):
                gateway.store.remove(kind, document)
        self._backend = gateway.service

    def write(self, state: DesiredState, entity: Entity) -> None:
        """Put an entity in the place of what has its id."""
        document = {field: value for field, value in state.document(entity).items() if value is not None}
        self.delete(state, entity)
        if entity.kind == "services":
            document |= {field: self._backend[field] for field in ("host", "port", "protocol")}
        if entity.kind == "keyauth_credentials":
            document["key"] = self._keys.setdefault(document["id"], secrets.token_urlsafe(24))
        self.gateway.store.add(entity.kind, **document)

    def delete(self, state: DesiredState, entity: Entity) -> None:
        """Take an entity away, if it is there."""
        identity = state.id(entity)
        for document in self.gateway.store.all(entity.kind):
            if document["id"] == identity:
                self.gateway.store.remove(entity.kind, document)

    def write_all(self, state: DesiredState) -> None:
        for entity in state:
            self.write(state, entity)

    def tier_keys(self) -> Iterable[str]:
        """What Kong has made up as the tiers' keys; nobody outside knows them."""
        return self._keys.values()

    async def status(self, token: str | None, path: str = "/api/x", **headers: str) -> int:
        """What becomes of a request; 200 is the backend's answer."""
        bearer = {} if token is None else {"Authorization": f"Bearer {token}"}
        return (await self.gateway.get(path, headers=bearer | headers)).status_code
