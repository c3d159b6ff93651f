"""The stack as it is rehearsed: the stack's own files, with the cluster, the realm's key and the backends at hand."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import yaml
from pydantic import JsonValue

from config.files import NAMESPACE, read_files
from gateway.recording import PROJECT

Document = dict[str, JsonValue]


def rehearsed(
    stack: str, *, context: str, public_key: str, backend: str | None, overrides: Mapping[str, JsonValue]
) -> Document:
    """What the stack says, with what only the rehearsal knows.

    `backend` takes the place of every API's own, where a real Kong must reach it. `overrides` are whole sections.

    Raises:
        StackFileError: the stack's files cannot be read.
    """
    document = read_files(PROJECT, stack) | dict(overrides)
    cluster = _section(document, "cluster")
    # Stacks that share a cluster only in rehearsals must not share a namespace.
    namespace = f"{cluster.get('namespace', NAMESPACE)}-{stack}"
    document["cluster"] = cluster | {"context": context, "namespace": namespace}
    auth = _section(document, "auth")
    if auth.get("kind") == "jwt":
        kept = {key: value for key, value in auth.items() if key not in {"jwksFile", "keyId"}}
        document["auth"] = kept | {"signingKey": public_key}
    _trust_this_machine(document)
    if backend is not None:
        document["backends"] = dict.fromkeys(_section(document, "backends"), backend)
    return document


def write_stack_file(document: Mapping[str, JsonValue], file: Path) -> None:
    """Write the stack file for the Pulumi CLI, keeping the salt that the CLI has put there."""
    salt: Document = {}
    if file.exists():
        before = cast("Document", yaml.safe_load(file.read_text()) or {})
        salt = {key: value for key, value in before.items() if key == "encryptionsalt"}
    file.parent.mkdir(parents=True, exist_ok=True)
    config = {f"{NAMESPACE}:{key}": value for key, value in document.items()}
    file.write_text(yaml.safe_dump(salt | {"config": config}, sort_keys=False))


def _trust_this_machine(document: Document) -> None:
    """Requests come straight from here, where otherwise an Ingress or a load balancer with TLS is before them."""
    network, ingress = _section(document, "network"), _section(document, "ingress")
    trusted = network.get("trustedProxies") or []
    at_kong = _section(document, "proxyService").get("type") == "LoadBalancer" and "tls" in ingress
    if isinstance(trusted, list) and (trusted or at_kong):
        network["trustedProxies"] = [*trusted, "127.0.0.1/32"]
        document["network"] = network


def _section(document: Mapping[str, JsonValue], key: str) -> Document:
    value = document.get(key)
    return dict(value) if isinstance(value, dict) else {}
