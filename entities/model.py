"""What Kong holds, in Kong's own terms: one class an entity.

References between entities are names here (a route's `service` is that service's key); ids are derived when a document
is made of them. Field names are those of Kong's schemas.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue
from typing_extensions import override

EntityKind = Literal[
    "certificates",
    "upstreams",
    "targets",
    "services",
    "routes",
    "consumers",
    "acls",
    "jwt_secrets",
    "keyauth_credentials",
    "basicauth_credentials",
    "oauth2_credentials",
    "plugins",
]
Document = dict[str, JsonValue]


@dataclass(frozen=True, kw_only=True)
class Entity(ABC):
    """One entity of Kong."""

    kind: EntityKind
    key: str
    """What stays the same when its settings change: names its Pulumi resource and gives its id. Unique in its kind."""
    id: str | None = None
    """The id that it had before it came here; it follows from the key when left out."""
    tags: tuple[str, ...] = ()
    """Tags beside those that say whose it is."""

    @abstractmethod
    def fields(self) -> Document:
        """Its own fields, without references, tags and id. What is left out has Kong's default."""

    def references(self) -> Mapping[str, tuple[EntityKind, str]]:
        """The entities it refers to: kind and key by field."""
        return {}


@dataclass(frozen=True, kw_only=True)
class Service(Entity):
    """A backend (Kong: services)."""

    kind: EntityKind = field(default="services", init=False)
    name: str
    protocol: str
    host: str
    port: int
    path: str | None
    connect_timeout: int
    write_timeout: int
    read_timeout: int
    retries: int

    @override
    def fields(self) -> Document:
        return {
            "name": self.name,
            "protocol": self.protocol,
            "host": self.host,
            "port": self.port,
            "path": self.path,
            "connect_timeout": self.connect_timeout,
            "write_timeout": self.write_timeout,
            "read_timeout": self.read_timeout,
            "retries": self.retries,
        }


@dataclass(frozen=True, kw_only=True)
class Route(Entity):
    """Which requests go to a service (Kong: routes). The path arrives at the backend unchanged."""

    kind: EntityKind = field(default="routes", init=False)
    name: str
    service: str
    paths: tuple[str, ...]
    methods: tuple[str, ...]
    protocols: tuple[str, ...] = ("http", "https")
    https_redirect_status_code: int | None = None
    """What plain HTTP is answered with, where the route is for https alone; Kong's default is 426."""
    strip_path: bool = False
    preserve_host: bool = False

    @override
    def fields(self) -> Document:
        code = self.https_redirect_status_code
        redirect: Document = {} if code is None else {"https_redirect_status_code": code}
        return {
            "name": self.name,
            "paths": list(self.paths),
            "methods": list(self.methods),
            "protocols": list(self.protocols),
            "strip_path": self.strip_path,
            "preserve_host": self.preserve_host,
            **redirect,
        }

    @override
    def references(self) -> Mapping[str, tuple[EntityKind, str]]:
        return {"service": ("services", self.service)}


@dataclass(frozen=True, kw_only=True)
class Consumer(Entity):
    """Who calls, as far as Kong knows: here a tier, or the holder of the realm's keys (Kong: consumers)."""

    kind: EntityKind = field(default="consumers", init=False)
    username: str
    custom_id: str | None

    @override
    def fields(self) -> Document:
        return {"username": self.username, "custom_id": self.custom_id}


@dataclass(frozen=True, kw_only=True)
class Acl(Entity):
    """A consumer's membership in a group (Kong: acls)."""

    kind: EntityKind = field(default="acls", init=False)
    consumer: str
    group: str

    @override
    def fields(self) -> Document:
        return {"group": self.group}

    @override
    def references(self) -> Mapping[str, tuple[EntityKind, str]]:
        return {"consumer": ("consumers", self.consumer)}


@dataclass(frozen=True, kw_only=True)
class JwtSecret(Entity):
    """The public key that verifies the tokens of a consumer (Kong: jwt_secrets). Nothing in it is secret."""

    kind: EntityKind = field(default="jwt_secrets", init=False)
    consumer: str
    claim: str
    """The value of the claim that finds this credential (Kong: `key`)."""
    rsa_public_key: str
    """In PEM (SPKI)."""

    @override
    def fields(self) -> Document:
        return {"key": self.claim, "algorithm": "RS256", "rsa_public_key": self.rsa_public_key}

    @override
    def references(self) -> Mapping[str, tuple[EntityKind, str]]:
        return {"consumer": ("consumers", self.consumer)}


@dataclass(frozen=True, kw_only=True)
class KeyAuthCredential(Entity):
    """A key that stands for a consumer (Kong: keyauth_credentials). Kong makes it, so nobody else knows it."""

    kind: EntityKind = field(default="keyauth_credentials", init=False)
    consumer: str

    @override
    def fields(self) -> Document:
        return {}

    @override
    def references(self) -> Mapping[str, tuple[EntityKind, str]]:
        return {"consumer": ("consumers", self.consumer)}


@dataclass(frozen=True)
class Scope:
    """What a plugin works on: the keys of entities. All together when several are given, every request when none."""

    service: str | None = None
    route: str | None = None
    consumer: str | None = None

    def __str__(self) -> str:
        parts = [f"{field}/{name}" for field, name in self.names().items()]
        return "/".join(parts) or "global"

    def names(self) -> Mapping[str, str]:
        """The keys that are given, by field."""
        every = {"service": self.service, "route": self.route, "consumer": self.consumer}
        return {field: name for field, name in every.items() if name is not None}


_SCOPE_KINDS: Mapping[str, EntityKind] = {"service": "services", "route": "routes", "consumer": "consumers"}


@dataclass(frozen=True, kw_only=True)
class Plugin(Entity):
    """A plugin on a scope (Kong: plugins). Its key is its scope and its name, because Kong has one of each there."""

    kind: EntityKind = field(default="plugins", init=False)
    name: str
    scope: Scope
    config: Document
    """The whole configuration, as Kong returns it."""
    enabled: bool = True

    @property
    def is_guard(self) -> bool:
        """Whether it lets requests on to plugins that judge them: without those, it lets everybody pass."""
        return self.name == "pre-function" and bool(self.references())

    @override
    def fields(self) -> Document:
        return {"name": self.name, "config": self.config, "enabled": self.enabled}

    @override
    def references(self) -> Mapping[str, tuple[EntityKind, str]]:
        return {field: (_SCOPE_KINDS[field], name) for field, name in self.scope.names().items()}


@dataclass(frozen=True, kw_only=True)
class RawEntity(Entity):
    """An entity of any kind, as a stack file says it in Kong's own terms."""

    given: Document
    """Its own fields; a secret stands as `{secret://NAME}`."""
    refers: Mapping[str, tuple[EntityKind, str]] = field(default_factory=dict[str, tuple[EntityKind, str]])
    """The entities it refers to: kind and key by field."""

    @override
    def fields(self) -> Document:
        return self.given

    @override
    def references(self) -> Mapping[str, tuple[EntityKind, str]]:
        return self.refers


def plugin(name: str, scope: Scope, config: Document, *, enabled: bool = True) -> Plugin:
    """A plugin with the key that its scope and name give it."""
    return Plugin(key=f"{scope}/{name}", name=name, scope=scope, config=config, enabled=enabled)
