"""How Temporal and its schema tool reach PostgreSQL: as variables, configuration and files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi_kubernetes as k8s

from components.platform.environment import Environment
from components.platform.names import POSTGRES
from config.counters import SecretKey
from config.database import BundledDatabase
from config.trust import Authority
from workflows.settings.database import Database

DATABASE, VISIBILITY = "temporal", "temporal_visibility"
"""The databases of a bundled PostgreSQL."""
USER_VARIABLE, PASSWORD_VARIABLE = "TEMPORAL_STORE_USER", "TEMPORAL_STORE_PASSWORD"
_PLUGIN = "postgres12"
"""Temporal's plugin for PostgreSQL 12 and newer."""
_DIRECTORY = "/etc/temporal/trust"
_AUTHORITY_FILE = "authority.crt"


@dataclass(frozen=True)
class Store:
    """One PostgreSQL with two databases."""

    host: str
    port: int
    name: str
    """The database of the workflows."""
    visibility_name: str
    """The one that they are found in."""
    secret: str
    """The Secret with `username` and `password`."""
    create: bool
    """Whether the databases are to be made."""
    tls: bool
    authority: Authority | None

    @property
    def credentials(self) -> Mapping[str, SecretKey]:
        """The server's variables with user and password."""
        return {
            USER_VARIABLE: SecretKey(name=self.secret, key="username"),
            PASSWORD_VARIABLE: SecretKey(name=self.secret, key="password"),
        }

    @property
    def authority_file(self) -> str | None:
        """Where the authority's certificate is, in the pods."""
        return f"{_DIRECTORY}/{_AUTHORITY_FILE}" if self.authority else None

    def tool_environment(self) -> Environment:
        """The variables of `temporal-sql-tool` (Temporal: tools/sql/main.go)."""
        values = {"SQL_PLUGIN": _PLUGIN, "SQL_HOST": self.host, "SQL_PORT": str(self.port)}
        if self.tls:
            values |= {"SQL_TLS": "true", "SQL_TLS_SERVER_NAME": self.host}
        if self.authority_file:
            values["SQL_TLS_CA_FILE"] = self.authority_file
        secrets = {
            "SQL_USER": SecretKey(name=self.secret, key="username"),
            "SQL_PASSWORD": SecretKey(name=self.secret, key="password"),
        }
        return Environment(values, secrets)

    def datastore(self, database: str, user: str, password: str, connections: int) -> dict[str, Any]:
        """A store in the server's configuration (Temporal: config.SQL)."""
        sql: dict[str, Any] = {
            "pluginName": _PLUGIN,
            "databaseName": database,
            "connectAddr": f"{self.host}:{self.port}",
            "connectProtocol": "tcp",
            "user": user,
            "password": password,
            "maxConns": connections,
            "maxIdleConns": connections,
            "maxConnLifetime": "1h",
        }
        if self.tls:
            sql["tls"] = {"enabled": True, "enableHostVerification": True, "serverName": self.host}
            if self.authority_file:
                sql["tls"]["caFile"] = self.authority_file
        return {"sql": sql}


def store(settings: Database) -> Store:
    """The store that the settings name."""
    if isinstance(settings, BundledDatabase):
        return Store(
            host=POSTGRES,
            port=5432,
            name=DATABASE,
            visibility_name=VISIBILITY,
            secret=POSTGRES,
            create=True,
            tls=False,
            authority=None,
        )
    return Store(
        host=settings.host,
        port=settings.port,
        name=settings.name,
        visibility_name=settings.visibility_name,
        secret=settings.credentials_secret,
        create=settings.create,
        tls=settings.tls == "verify",
        authority=settings.authority,
    )


def authority_volumes(authority: Authority | None) -> Sequence[k8s.core.v1.VolumeArgs]:
    """The volume with the authority's certificate; none where the public authorities count."""
    if authority is None:
        return ()
    items = [k8s.core.v1.KeyToPathArgs(key=authority.key, path=_AUTHORITY_FILE)]
    if authority.config_map is not None:
        source = k8s.core.v1.ConfigMapVolumeSourceArgs(name=authority.config_map, items=items)
        return (k8s.core.v1.VolumeArgs(name="trust", config_map=source),)
    secret = k8s.core.v1.SecretVolumeSourceArgs(secret_name=authority.secret, items=items)
    return (k8s.core.v1.VolumeArgs(name="trust", secret=secret),)


def authority_mounts(authority: Authority | None) -> Sequence[k8s.core.v1.VolumeMountArgs]:
    """Where that volume is."""
    if authority is None:
        return ()
    return (k8s.core.v1.VolumeMountArgs(name="trust", mount_path=_DIRECTORY, read_only=True),)
