"""A cluster as clients see it, and kubeconfig files: ours, and the one at hand."""

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, Field, ValidationError

from sandbox.cluster.certificates import KeyPair

CONTEXT = "omnify-sandbox"
"""The context that kubeconfigs of our own control plane have; stack files of the rehearsal name it."""


@dataclass(frozen=True)
class Cluster:
    """A Kubernetes cluster that can be used."""

    kubeconfig: Path
    context: str

    log_directory: Path | None
    """Where the control plane's parts write their logs; None for a cluster that is not ours."""


class _Named(BaseModel):
    name: str


class _Reference(BaseModel):
    cluster: str
    user: str


class _Context(BaseModel):
    name: str
    context: _Reference


class _Kubeconfig(BaseModel):
    """What of a kubeconfig matters here; an empty list may be written as null."""

    current_context: str | None = Field(default=None, alias="current-context")
    clusters: list[_Named] | None = None
    users: list[_Named] | None = None
    contexts: list[_Context] | None = None

    def has_whole(self, name: str) -> bool:
        """Tell whether the context is here, and what it refers to as well."""
        clusters = {cluster.name for cluster in self.clusters or ()}
        users = {user.name for user in self.users or ()}
        return any(
            entry.name == name and entry.context.cluster in clusters and entry.context.user in users
            for entry in self.contexts or ()
        )


class KubeconfigError(Exception):
    """There is no usable kubeconfig at hand; the message says what to do."""


def write(path: Path, *, server: str, authority: Path, client: KeyPair) -> None:
    """Write a kubeconfig with one context, `omnify-sandbox`, that holds all it needs; for the owner only."""
    cluster = {"server": server, "certificate-authority-data": _inline(authority)}
    user = {
        "client-certificate-data": _inline(client.certificate),
        "client-key-data": _inline(client.key),
    }
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": CONTEXT, "cluster": cluster}],
        "users": [{"name": CONTEXT, "user": user}],
        "contexts": [{"name": CONTEXT, "context": {"cluster": CONTEXT, "user": CONTEXT}}],
        "current-context": CONTEXT,
    }
    partial = path.with_suffix(".partial")
    partial.touch(mode=0o600)
    partial.write_text(yaml.safe_dump(document, sort_keys=False))
    partial.replace(path)


def current(environment: Mapping[str, str] = os.environ) -> Cluster:
    """Give the cluster at hand, which `CLUSTER=current` asks for: KUBECONFIG's or ~/.kube/config's current context.

    Raises:
        KubeconfigError: there is no file, no current context, or several files that must be one.
    """
    named = environment.get("KUBECONFIG") or str(Path.home() / ".kube" / "config")
    paths = [Path(name).expanduser() for name in named.split(os.pathsep) if name]
    contents = {path: _load(path) for path in paths if path.exists()}
    context = next((held.current_context for held in contents.values() if held.current_context), None)
    if context is None:
        raise KubeconfigError(
            f"CLUSTER=current: {named} names no current context; choose one with `kubectl config use-context NAME`,"
            " or leave CLUSTER out to use the rehearsal's own cluster"
        )
    for path, held in contents.items():
        if held.has_whole(context):
            return Cluster(kubeconfig=path, context=context, log_directory=None)
    raise KubeconfigError(
        f"CLUSTER=current: no single file of {named} holds the context {context!r} with its cluster and user;"
        " write one with `kubectl config view --flatten --minify` and name it in KUBECONFIG"
    )


def _inline(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


def _load(path: Path) -> _Kubeconfig:
    try:
        return _Kubeconfig.model_validate(yaml.safe_load(path.read_text()) or {})
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise KubeconfigError(f"CLUSTER=current: {path} cannot be read as a kubeconfig: {error}") from error
