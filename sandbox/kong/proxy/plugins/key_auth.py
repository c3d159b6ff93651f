"""key-auth (Kong: kong/plugins/key-auth/handler.lua)."""

from typing import ClassVar
from urllib.parse import parse_qsl, urlencode

from typing_extensions import override

from sandbox.kong.proxy.exchange import Exchange, Query, Request
from sandbox.kong.proxy.handler import Call, Config, Handler
from sandbox.kong.proxy.plugins.authentication import (
    Refused,
    already_authenticated,
    identify,
    refuse_or_go_anonymous,
    skips_preflight,
)
from sandbox.kong.proxy.store import Document


class KeyAuth(Handler):
    """Finds the consumer by a key in a header or in the query (not in the body)."""

    name: ClassVar[str] = "key-auth"
    priority: ClassVar[int] = 1250

    @override
    async def access(self, call: Call) -> None:
        if skips_preflight(call) or already_authenticated(call):
            return
        try:
            credential = _authenticate(call)
        except Refused as refused:
            refuse_or_go_anonymous(call, refused)
        else:
            identify(call, credential, credential["id"])


def _authenticate(call: Call) -> Document:
    config, exchange = call.config, call.exchange
    headers, query = exchange.request.headers.table(), exchange.request.query()
    key = ""
    for name in config["key_names"]:
        value = _value(config, name, headers, query)
        if isinstance(value, list):
            raise _refused(exchange, config, "Duplicate API key found")
        if value is not None:
            key = value
            if config["hide_credentials"]:
                _hide(exchange.request, name)
            break
    if not key:
        raise _refused(exchange, config, "No API key found in request")
    credential = call.configuration.keyauth_credentials.get(key)
    if credential is None:
        raise _refused(exchange, config, "Unauthorized")
    return credential


def _value(config: Config, name: str, headers: Query, query: Query) -> str | list[str] | None:
    in_header = headers.get(name.lower()) if config["key_in_header"] else None
    if in_header is not None:
        return in_header
    return query.get(name) if config["key_in_query"] else None


def _hide(request: Request, name: str) -> None:
    request.headers.remove(name)
    arguments = parse_qsl(request.raw_query or "", keep_blank_values=True, encoding="latin-1")
    if any(key == name for key, _ in arguments):
        kept = [(key, value) for key, value in arguments if key != name]
        request.raw_query = urlencode(kept, encoding="latin-1") or None


def _refused(exchange: Exchange, config: Config, message: str) -> Refused:
    challenge = f'Key realm="{config["realm"]}"' if config["realm"] is not None else "Key"
    return Refused(exchange.error(401, message, ("WWW-Authenticate", challenge)))
