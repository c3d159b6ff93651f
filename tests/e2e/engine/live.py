"""What is there, beside what the engine says: entities in Kong, objects in the cluster."""

import base64
from collections import Counter
from dataclasses import dataclass
from typing import Any

import httpx

from sandbox.cluster.objects import Objects
from sandbox.cluster.readiness import Manifest
from sandbox.kong.kinds import KINDS
from sandbox.kong.store import Store
from tests.cluster.manifests import manifest

_OBJECTS = [
    ("apps/v1", "Deployment"),
    ("apps/v1", "StatefulSet"),
    ("batch/v1", "Job"),
    ("networking.k8s.io/v1", "Ingress"),
    ("networking.k8s.io/v1", "NetworkPolicy"),
    ("v1", "PersistentVolumeClaim"),
    ("v1", "Secret"),
    ("v1", "Service"),
]


@dataclass(frozen=True)
class Admin:
    """Kong's Admin API, to be asked and written behind the engine's back."""

    url: str

    async def ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """One request."""
        async with httpx.AsyncClient(base_url=self.url, trust_env=False) as client:
            return await client.request(method, path, json=body)

    async def all(self, collection: str) -> list[dict[str, Any]]:
        """The entities of a collection."""
        return (await self.ask("GET", f"/{collection}?size=1000")).json()["data"]


def namespace(name: str) -> Manifest:
    """The namespace, to be asked for."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def entities(store: Store) -> dict[str, str]:
    """Kong's entities: kinds by ids."""
    return {str(document["id"]): kind for kind in KINDS for document in store.all(kind)}


async def kept_objects(objects: Objects, namespace: str) -> dict[str, str]:
    """The objects of a namespace that pods, Jobs and controllers do not make themselves: kinds and names by UIDs."""
    found = {
        live["metadata"]["uid"]: f"{kind} {live['metadata']['name']}"
        for version, kind in _OBJECTS
        for live in await objects.of_kind(version, kind, namespace)
    }
    assert max(Counter(found.values()).values(), default=1) == 1
    return found


async def database_password(objects: Objects, namespace: str) -> tuple[str, str]:
    """The bundled database's password, in the clear and as the Secret has it."""
    secret = await objects.get(manifest("v1", "Secret", namespace, "postgres"))
    assert secret is not None
    encoded = str(secret["data"]["password"])
    return base64.b64decode(encoded).decode(), encoded
