"""What the loopback consists of: an entrance for programs, and two for people with Kong Manager."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from config.admin import AdminLoopback
from config.counters import SecretKey
from config.stack import StackSettings
from entities.model import Document, EntityKind
from entities.state import Owner

PREFIX = "administration-"
"""What the names of all these entities begin with."""
PROGRAMS_PATH = "/automation"
"""Where programs find the Admin API on the manager's host."""
PEOPLE_PATH = "/admin-api"
"""Where Kong Manager finds it there."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""All of them by name: the more a route says, the earlier Kong tries it."""
_ADMIN_PORT = 8001
_MANAGER_PORT = 8002
_ADMIN_BODY_MEGABYTES = 10
"""What the Admin API takes (Kong: kong/templates/kong_defaults.lua, nginx_admin_client_max_body_size)."""

Who = Literal["program", "person"]


@dataclass(frozen=True)
class Entrance:
    """A path of the manager's host, where it leads inside the pod, and for whom it is."""

    name: str
    path: str
    port: int
    who: Who
    strips_path: bool


PROGRAMS = Entrance("programs", PROGRAMS_PATH, _ADMIN_PORT, "program", strips_path=True)
PEOPLE = Entrance("people", PEOPLE_PATH, _ADMIN_PORT, "person", strips_path=True)
MANAGER = Entrance("manager", "/", _MANAGER_PORT, "person", strips_path=False)


@dataclass(frozen=True)
class Credential:
    """A key or a password, whose value only a Kubernetes Secret knows."""

    who: Who
    name: str
    """The program's or the person's."""
    source: SecretKey
    placeholder: str
    """What stands for the value in the seed: the name of an environment variable."""

    @property
    def consumer(self) -> str:
        """The consumer's name, and that of the group that it alone is in."""
        return f"{PREFIX}{self.who}-{self.name}"

    @property
    def shortest(self) -> int:
        """How many characters the value has at least."""
        return 32 if self.who == "program" else 16


@dataclass(frozen=True)
class Seed:
    """The loopback as one declarative configuration for `kong config db_import`, which writes each entity whole, by
    its id, and leaves all others alone (Kong: kong/db/declarative/import.lua, load_into_db)."""

    document: Document
    """In it `${NAME}` stands for the value of each credential."""
    credentials: tuple[Credential, ...]


_OFFICE = ":administration"
"""What follows a stack's name to make it the name of who owns its loopback. Names of stacks have no colon."""


def administrator(owner: Owner) -> Owner:
    """Whose a stack's loopback is."""
    return Owner(owner.project, f"{owner.stack}{_OFFICE}")


def is_loopbacks(document: Document) -> bool:
    """Whether a live entity is part of some stack's loopback."""
    tags = document.get("tags")
    return isinstance(tags, list) and any(
        isinstance(tag, str) and tag.startswith("stack:") and tag.endswith(_OFFICE) for tag in tags
    )


def entrances(admin: AdminLoopback) -> tuple[Entrance, ...]:
    """The entrances that there are: without people, none for them."""
    return (PROGRAMS, PEOPLE, MANAGER) if admin.people else (PROGRAMS,)


def seed(settings: StackSettings, owner: Owner) -> Seed | None:
    """The loopback of a stack; none unless its settings ask for one."""
    admin = settings.admin
    if not isinstance(admin, AdminLoopback):
        return None
    credentials = tuple(_credentials(admin))
    kinds: dict[str, list[Document]] = {}
    for kind, document in _entities(settings, admin, credentials, administrator(owner)):
        kinds.setdefault(kind, []).append(document)
    return Seed({"_format_version": "3.0", **kinds}, credentials)  # pyright: ignore[reportArgumentType] - JSON


def _credentials(admin: AdminLoopback) -> Iterator[Credential]:
    named: tuple[tuple[Who, Mapping[str, SecretKey]], ...] = (("program", admin.programs), ("person", admin.people))
    for who, sources in named:
        for name in sorted(sources):
            yield Credential(who, name, sources[name], f"{who}_{name.replace('-', '_')}".upper())


def _entities(
    settings: StackSettings, admin: AdminLoopback, credentials: tuple[Credential, ...], owner: Owner
) -> Iterator[tuple[EntityKind, Document]]:
    def entity(kind: EntityKind, key: str, fields: Document) -> tuple[EntityKind, Document]:
        return kind, {"id": owner.id(kind, key), **fields, "tags": [*owner.tags]}

    for entrance in entrances(admin):
        name = f"{PREFIX}{entrance.name}"
        yield entity("services", name, {"name": name, **_service(entrance)})
        route: Document = {
            "name": name,
            "service": owner.id("services", name),
            "protocols": ["https"],
            "hosts": [settings.ingress.manager_host],
            "paths": [entrance.path],
            "methods": [*METHODS],
            "strip_path": entrance.strips_path,
        }
        yield entity("routes", name, route)
        groups = [credential.consumer for credential in credentials if credential.who == entrance.who]
        for plugin, config in _plugins(settings, admin, entrance, groups):
            fields: Document = {"name": plugin, "service": owner.id("services", name), "config": config}
            yield entity("plugins", f"{name}/{plugin}", fields)
    for credential in credentials:
        consumer = owner.id("consumers", credential.consumer)
        yield entity("consumers", credential.consumer, {"username": credential.consumer})
        yield entity("acls", credential.consumer, {"consumer": consumer, "group": credential.consumer})
        value = f"${{{credential.placeholder}}}"
        if credential.who == "program":
            yield entity("keyauth_credentials", credential.consumer, {"consumer": consumer, "key": value})
        else:
            fields = {"consumer": consumer, "username": credential.name, "password": value}
            yield entity("basicauth_credentials", credential.consumer, fields)


def _service(entrance: Entrance) -> Document:
    # A write that was sent is not sent again: whoever sent it decides.
    return {"protocol": "http", "host": "127.0.0.1", "port": entrance.port, "retries": 0}


def _plugins(
    settings: StackSettings, admin: AdminLoopback, entrance: Entrance, groups: list[str]
) -> Iterator[tuple[str, Document]]:
    """Who may pass; and in the place of each plugin that the stack may have for every request, one that lets pass."""
    if entrance.who == "program":
        yield "key-auth", {"key_names": ["apikey"], "key_in_query": False, "key_in_body": False, **_HIDING}
    else:
        yield "basic-auth", {"realm": "Kong Manager", **_HIDING}
    # A credential that is not named any more stays in the database. Its group is not among these, so it opens nothing.
    yield "acl", {"allow": [*groups], "hide_groups_header": True}
    yield "ip-restriction", {"allow": [*admin.allowed]}
    yield "pre-function", {"access": [_same_site()]}
    yield "post-function", {"access": ["return function() end"]}
    yield "cors", {"origins": [f"https://{settings.ingress.manager_host}"], "credentials": False}
    yield "request-size-limiting", {"allowed_payload_size": _ADMIN_BODY_MEGABYTES, "size_unit": "megabytes"}
    yield "rate-limiting", {"second": 1_000_000, "policy": "local", "hide_client_headers": True}


@cache
def _same_site() -> str:
    return Path(__file__).with_name("same_site.lua").read_text(encoding="ascii")


_HIDING: Document = {"hide_credentials": True}
"""Neither logs nor the Admin API see the credential."""

OVERRIDDEN = frozenset({"acl", "cors", "ip-restriction", "rate-limiting", "request-size-limiting"})
"""Plugins for every request that do not run on the loopback: of several of a name Kong runs the most specific."""
