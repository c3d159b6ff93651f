"""A stack file with a secret in every place that takes one, each with a value of its own."""

import copy
import hashlib
from collections.abc import Mapping
from typing import Any, Final

from entities.schema import kong_schema
from entities.secret import secret_reference
from entities.secret_fields import secret_fields
from tests.contract.admin.certificates import self_signed
from tests.contract.test_plugin_models import LEAST
from tests.provider.plugin_configs import ONLY_GLOBAL, WITHOUT_A_MODEL

Document = dict[str, Any]

SERVICE: Final = "confidential"
"""The service that has the plugins; no route leads to it."""
_AWKWARD: Final = "keyauth_credentials-key"
"""Whose value JSON, URLs and shells write otherwise than it is."""


def confidential_sections() -> Document:
    """`entities` and `plugins` with a reference to a secret in each field that takes one."""
    return {"entities": _entities(), "plugins": _plugins()}


def configured(generation: str = "first") -> dict[str, str]:
    """A value for each secret of the configuration; another generation has others."""
    names = [_name(kind, field) for kind in _CREDENTIALS for field in sorted(secret_fields(kind))]
    names += [_name(plugin, field) for plugin in _secretive() for field in _of_plugin(plugin)]
    pair = self_signed(f"{generation}.example")
    return {name: _value(name, generation) for name in names} | {
        _name("certificates", "key"): pair.key,
        "certificate": pair.cert,
    }


def telling(values: Mapping[str, str]) -> dict[str, str]:
    """What tells a secret from all other text: not the address that carries one, and no certificate."""
    told = {name: value.removeprefix(_ADDRESS).removesuffix(_MAILBOX) for name, value in values.items()}
    return {name: value for name, value in told.items() if name != "certificate"}


def _entities() -> Document:
    owner = {"consumer": "partner"}
    return {
        "certificates": [
            {"cert": secret_reference("certificate"), "key": _reference("certificates", "key"), "snis": ["a.example"]}
        ],
        "services": [{"name": SERVICE, "host": "confidential.example"}],
        "consumers": [{"username": "partner"}],
        "jwt_secrets": [
            owner | {"key": "partner", "algorithm": "HS256", "secret": _reference("jwt_secrets", "secret")}
        ],
        "keyauth_credentials": [owner | {"key": _reference("keyauth_credentials", "key")}],
        "basicauth_credentials": [
            owner | {"username": "partner", "password": _reference("basicauth_credentials", "password")}
        ],
        "oauth2_credentials": [
            owner
            | {
                "name": "app",
                "client_id": "app",
                "client_secret": _reference("oauth2_credentials", "client_secret"),
                "redirect_uris": ["https://a.example/"],
            }
        ],
        "plugins": [
            {"name": plugin, "service": SERVICE, "enabled": False, "config": _config(plugin)}
            for plugin in _secretive()
            if plugin not in ONLY_GLOBAL and plugin not in _FURTHER
        ],
    }


def _plugins() -> list[Document]:
    """The same for the section of further plugins, none of which runs."""
    return [{"name": plugin, "enabled": False, "config": _config(plugin)} for plugin in (*ONLY_GLOBAL, *_FURTHER)]


_FURTHER: Final = ("http-log", "loggly")
_CREDENTIALS: Final = ("basicauth_credentials", "jwt_secrets", "keyauth_credentials", "oauth2_credentials")
_ADDRESS: Final = "https://logs.example/"
_MAILBOX: Final = "@a.example"
_BESIDE: Final = {
    "header_value": {"header_name": "x-key"},
    "param_value": {"param_name": "key", "param_location": "query"},
}
"""What Kong asks for beside a secret."""


def _secretive() -> list[str]:
    """The plugins that take secrets."""
    return [plugin for plugin in sorted(kong_schema().plugin_names) if _of_plugin(plugin)]


def _of_plugin(plugin: str) -> list[str]:
    return sorted(secret_fields("plugins", plugin))


def _config(plugin: str) -> Document:
    document: dict[str, Any] = {"config": copy.deepcopy((LEAST | WITHOUT_A_MODEL)[plugin])}
    for field in _of_plugin(plugin):
        *front, last = field.split(".")
        place: dict[str, Any] = document
        for step in front:
            place = place.setdefault(step, {})
        place["Authorization" if last == "*" else last] = _reference(plugin, field)
        place.update(_BESIDE.get(last, {}))
    return document["config"]


def _reference(owner: str, field: str) -> str:
    return secret_reference(_name(owner, field))


def _name(owner: str, field: str) -> str:
    return f"{owner}-{field.removeprefix('config.').replace('*', 'authorization')}"


def _value(name: str, generation: str) -> str:
    value = hashlib.sha256(f"{generation} {name}".encode()).hexdigest()[:40]
    if name == _AWKWARD:
        return f'{value[:12]} "\\é/+%&{value[12:]}'
    if name.endswith("account_email"):
        return f"{value}{_MAILBOX}"
    return f"{_ADDRESS}{value}" if name.endswith("http_endpoint") else value
