"""The provider's own configuration: where the Admin API is, and what it takes to speak to it.

Credentials come from the environment only (KONG_ADMIN_TOKEN, KONG_API_KEY, KONG_ADMIN_USERNAME, KONG_ADMIN_PASSWORD,
and the files of KONG_ADMIN_CLIENT_CERTIFICATE, KONG_ADMIN_CLIENT_KEY and KONG_ADMIN_CA), because what a program gives
to a provider is kept in the stack's state.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias, cast, get_args
from urllib.parse import urlsplit

Edition: TypeAlias = Literal["oss", "enterprise"]

OVERRIDE: Final = "GATEWAY_ADMIN_URL"
CREDENTIALS: Final = {
    "kongAdminToken": "KONG_ADMIN_TOKEN",
    "kongApiKey": "KONG_API_KEY",
    "kongAdminUsername": "KONG_ADMIN_USERNAME",
    "kongAdminPassword": "KONG_ADMIN_PASSWORD",
}
CLIENT_CERTIFICATE: Final = "KONG_ADMIN_CLIENT_CERTIFICATE"
CLIENT_KEY: Final = "KONG_ADMIN_CLIENT_KEY"
AUTHORITY: Final = "KONG_ADMIN_CA"
_TUNNEL: Final = re.compile(
    r"kubernetes://(?P<context>.*)/(?P<namespace>[^/]+)/(?P<service>[^/:]+):(?P<port>[0-9]+|[a-z][a-z0-9-]*)"
)


class SettingsError(ValueError):
    """A setting that cannot be used; `name` says which one."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name


@dataclass(frozen=True)
class TunnelAddress:
    """A port of a Kubernetes Service, reached through a cluster's API server; no context means the current one."""

    context: str | None
    namespace: str
    service: str
    port: str


@dataclass(frozen=True)
class TlsFiles:
    """Files in PEM for an Admin API that asks for a client certificate, or whose own no public authority has signed."""

    authority: str | None = None
    certificate: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class Settings:
    """What a configured provider knows. `admin_uri` is None when nobody has said it yet."""

    admin_uri: str | None = None
    workspace: str | None = None
    tls_verify: bool = True
    tls_files: TlsFiles = TlsFiles()
    edition: Edition | None = None
    custom_plugins: frozenset[str] = frozenset()
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    basic_auth: tuple[str, str] | None = field(default=None, repr=False)


def tunnel_address(uri: str) -> TunnelAddress | None:
    """Read kubernetes://CONTEXT/NAMESPACE/SERVICE:PORT; None for any other address."""
    match = _TUNNEL.fullmatch(uri)
    if match is None:
        return None
    return TunnelAddress(match["context"] or None, match["namespace"], match["service"], match["port"])


def check_settings(values: Mapping[str, Any], environment: Mapping[str, str]) -> list[SettingsError]:
    """List everything that is wrong with a provider's inputs; unknown ones pass."""
    faults: list[SettingsError] = []
    uri = values.get("kongAdminUri")
    if isinstance(uri, str) and not _is_address(uri):
        reason = f"{uri!r} is no Admin API address; write http://HOST:8001, https://... or kubernetes://CONTEXT/NAMESPACE/SERVICE:PORT"
        faults.append(SettingsError("kongAdminUri", reason))
    if uri is None and OVERRIDE not in environment:
        reason = f"where is Kong's Admin API? Set kongAdminUri, or {OVERRIDE} in the environment"
        faults.append(SettingsError("kongAdminUri", reason))
    faults.extend(
        SettingsError(name, f"would be kept in the stack's state; set {variable} in the environment instead")
        for name, variable in CREDENTIALS.items()
        if values.get(name) is not None
    )
    if (CLIENT_CERTIFICATE in environment) != (CLIENT_KEY in environment):
        reason = f"set both {CLIENT_CERTIFICATE} and {CLIENT_KEY} in the environment, or neither: each names a PEM file"
        faults.append(SettingsError("kongAdminUri", reason))
    faults.extend(
        SettingsError("kongAdminUri", f"{name} names the file {environment[name]!r}, which cannot be read")
        for name in (CLIENT_CERTIFICATE, CLIENT_KEY, AUTHORITY)
        if environment.get(name) and not os.access(environment[name], os.R_OK)
    )
    edition = values.get("edition")
    if isinstance(edition, str) and edition not in get_args(Edition):
        faults.append(SettingsError("edition", f"expected one of: {', '.join(get_args(Edition))}"))
    return faults


def _is_address(uri: str) -> bool:
    if uri.startswith("kubernetes://"):
        return tunnel_address(uri) is not None
    parts = urlsplit(uri)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def read_settings(values: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """Turn a provider's inputs (checked before) and the environment into settings."""
    headers: dict[str, str] = {}
    if token := environment.get("KONG_ADMIN_TOKEN"):
        headers["Kong-Admin-Token"] = token
    if key := environment.get("KONG_API_KEY"):
        headers["apikey"] = key
    user, password = environment.get("KONG_ADMIN_USERNAME"), environment.get("KONG_ADMIN_PASSWORD")
    return Settings(
        admin_uri=environment.get(OVERRIDE) or values.get("kongAdminUri"),
        workspace=values.get("kongWorkspace") or None,
        tls_verify=not _decoded(values.get("tlsSkipVerify")),
        tls_files=TlsFiles(
            environment.get(AUTHORITY) or None,
            environment.get(CLIENT_CERTIFICATE) or None,
            environment.get(CLIENT_KEY) or None,
        ),
        edition=cast("Edition | None", values.get("edition")),
        custom_plugins=frozenset(_decoded(values.get("customPlugins")) or ()),
        headers=headers,
        basic_auth=(user, password or "") if user else None,
    )


def _decoded(value: Any) -> Any:  # noqa: ANN401 - JSON-like
    """Undo the SDK's habit of sending a provider's booleans and lists as strings of JSON."""
    return json.loads(value) if isinstance(value, str) and value else value
