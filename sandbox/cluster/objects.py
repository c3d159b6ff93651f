"""A cluster's objects by their manifests: applied server-side, read, deleted, and waited for."""

import asyncio
import time
import warnings
from collections.abc import Mapping
from typing import Any

import httpx
import kr8s.asyncio

from sandbox.cluster.kubeconfig import Cluster
from sandbox.cluster.readiness import Manifest, failure, pending

_PAUSE = 0.1
"""Seconds between two looks at an object that is not ready."""


_APPLY = "application/apply-patch+yaml"
"""The media type of server-side apply; JSON is YAML."""


class RefusedError(Exception):
    """The API server refused a request; the message names the object and has the server's reason."""

    def __init__(self, what: str, status: int, reason: str) -> None:
        super().__init__(f"{what}: {status} {reason}")
        self.status = status
        self.reason = reason


class NotReadyError(Exception):
    """An object did not become ready in time; the message has what it waits for and its namespace's warnings."""


class Objects:
    """What a cluster holds, written under one field manager's name. Get one with `Objects.of`."""

    def __init__(self, api: kr8s.asyncio.Api, *, field_manager: str) -> None:
        self.api = api
        """The client behind it, for what this class does not do: forwarding ports, watching, logs."""
        self._field_manager = field_manager
        self._kinds: dict[tuple[str, str], tuple[str, bool]] = {}

    @classmethod
    async def of(cls, cluster: Cluster, *, field_manager: str) -> "Objects":
        """Connect to the cluster, within the running event loop."""
        with warnings.catch_warnings():
            # It warns of a release newer than those it was tried with; the tests try it with this one.
            warnings.filterwarnings("ignore", message="Kubernetes version .* is not supported")
            api = await kr8s.asyncio.api(kubeconfig=str(cluster.kubeconfig), context=cluster.context)
        return cls(api, field_manager=field_manager)

    async def apply(self, manifest: Manifest) -> Manifest:
        """Create the object or make it what the manifest says (server-side apply), and give it as it is then.

        Raises:
            RefusedError: with the server's reason, for example the violations of Pod Security.
        """
        parameters = {"fieldManager": self._field_manager, "force": "true", "fieldValidation": "Strict"}
        answer = await self._send("PATCH", await self._path(manifest), parameters, manifest)
        return _checked(answer, manifest)

    async def get(self, manifest: Manifest) -> Manifest | None:
        """Read the object of the manifest's kind and name, if it is there."""
        answer = await self._send("GET", await self._path(manifest))
        return None if answer.status_code == 404 else _checked(answer, manifest)

    async def document(self, path: str) -> Any:  # noqa: ANN401 - any JSON
        """Read what the server says at a path that is no object's, such as its own schema."""
        answer = await self._send("GET", path)
        answer.raise_for_status()
        return answer.json()

    async def of_kind(self, version: str, kind: str, namespace: str) -> list[Manifest]:
        """Read all objects of a kind in a namespace."""
        any_of_them: Manifest = {"apiVersion": version, "kind": kind, "metadata": {"namespace": namespace, "name": ""}}
        path = await self._path(any_of_them)
        items: list[Manifest] = _checked(await self._send("GET", path.removesuffix("/")), any_of_them)["items"]
        # Lists leave out what all their items share.
        return [{"apiVersion": version, "kind": kind, **item} for item in items]

    async def delete(self, manifest: Manifest) -> None:
        """Delete the object and, in the background, what it owns; one that is not there is no error."""
        answer = await self._send("DELETE", await self._path(manifest), {"propagationPolicy": "Background"})
        if answer.status_code != 404:
            _checked(answer, manifest)

    async def wait_until_ready(self, manifest: Manifest, *, timeout: float = 120) -> Manifest:  # noqa: ASYNC109 - a deadline over many requests, with its own message
        """Wait until the object is ready, and give it as it is then.

        Raises:
            NotReadyError: it is not after `timeout` seconds, or never will be.
        """
        deadline = time.monotonic() + timeout
        while True:
            live = await self.get(manifest)
            reason = pending(live) if live else "it does not exist"
            if live and reason is None:
                return live
            if live and (failed := failure(live)):
                raise NotReadyError(f"{_title(manifest)} failed: {failed}")
            if time.monotonic() > deadline:
                said = await self._warnings(manifest["metadata"].get("namespace"))
                raise NotReadyError(
                    "; ".join([f"{_title(manifest)} is not ready after {timeout:g} s: {reason}", *said])
                )
            await asyncio.sleep(_PAUSE)

    async def wait_until_gone(self, manifest: Manifest, *, timeout: float = 120) -> None:  # noqa: ASYNC109 - as above
        """Wait until the object is not there any more.

        Raises:
            NotReadyError: it is still there after `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        while await self.get(manifest):
            if time.monotonic() > deadline:
                raise NotReadyError(f"{_title(manifest)} is still there after {timeout:g} s")
            await asyncio.sleep(_PAUSE)

    async def _warnings(self, namespace: str | None) -> list[str]:
        """Give the latest warnings of a namespace: why pods were not made, for example."""
        if namespace is None:
            return []
        path = f"/api/v1/namespaces/{namespace}/events"
        answer = await self._send("GET", path, {"fieldSelector": "type=Warning"})
        events: list[dict[str, Any]] = answer.json().get("items", [])
        return [
            f"{event['involvedObject']['kind']} {event['involvedObject']['name']}: {event['message']}"
            for event in events[-3:]
        ]

    async def _send(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, str] | None = None,
        manifest: Manifest | None = None,
    ) -> httpx.Response:
        base, _, name = path.rpartition("/")
        sending = self.api.call_api(  # pyright: ignore[reportUnknownMemberType] - kr8s leaves **kwargs untyped
            method,
            # The path is known whole; without a version kr8s adds nothing of its own.
            version="",
            base=base,
            url=name,
            raise_for_status=False,
            params=parameters,
            json=manifest,
            headers={"Content-Type": _APPLY} if manifest else None,
        )
        async with sending as answer:
            return answer

    async def _path(self, manifest: Manifest) -> str:
        version: str = manifest["apiVersion"]
        metadata: Mapping[str, str] = manifest["metadata"]
        plural, namespaced = await self._kind(version, manifest["kind"])
        base = _group_path(version)
        if namespaced:
            base = f"{base}/namespaces/{metadata.get('namespace', 'default')}"
        return f"{base}/{plural}/{metadata['name']}"

    async def _kind(self, version: str, kind: str) -> tuple[str, bool]:
        """Give a kind's plural, and whether its objects live in namespaces."""
        if (version, kind) not in self._kinds:
            answer = await self._send("GET", _group_path(version))
            if answer.is_error:
                raise RefusedError(f"{version} {kind}", answer.status_code, "the server has no such API")
            for resource in answer.json()["resources"]:
                # Subresources, such as deployments/scale, have a slash.
                if "/" not in resource["name"]:
                    self._kinds[version, resource["kind"]] = (resource["name"], resource["namespaced"])
        if (version, kind) not in self._kinds:
            raise RefusedError(f"{version} {kind}", 404, "the server has no such kind")
        return self._kinds[version, kind]


def _group_path(version: str) -> str:
    return f"/apis/{version}" if "/" in version else f"/api/{version}"


def _title(manifest: Manifest) -> str:
    metadata = manifest["metadata"]
    return f"{manifest['kind']} {'/'.join(filter(None, [metadata.get('namespace'), metadata['name']]))}"


def _checked(answer: httpx.Response, manifest: Manifest) -> Manifest:
    if answer.is_error:
        raise RefusedError(_title(manifest), answer.status_code, answer.json().get("message", answer.text))
    return answer.json()
