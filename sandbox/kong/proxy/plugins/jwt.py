"""jwt (Kong: kong/plugins/jwt/handler.lua)."""

import re
import time
from http.cookies import CookieError, SimpleCookie
from typing import Any, ClassVar, NoReturn

from typing_extensions import override

from sandbox.kong.proxy.exchange import Answer, Request
from sandbox.kong.proxy.handler import Call, Config, Handler
from sandbox.kong.proxy.plugins.authentication import (
    Refused,
    already_authenticated,
    identify,
    refuse_or_go_anonymous,
    skips_preflight,
)
from sandbox.kong.proxy.plugins.signatures import verify
from sandbox.kong.proxy.plugins.tokens import BadTokenError, Token, decode_base64url, read_token
from sandbox.kong.proxy.store import Document

_BEARER = re.compile(r"\s*[Bb]earer\s+(.+)")


class Jwt(Handler):
    """Finds the credential by a claim, checks the signature with it, and the registered claims."""

    name: ClassVar[str] = "jwt"
    priority: ClassVar[int] = 1450

    @override
    async def access(self, call: Call) -> None:
        if skips_preflight(call) or already_authenticated(call):
            return
        try:
            token, credential = _authenticate(call)
        except Refused as refused:
            refuse_or_go_anonymous(call, refused)
            call.exchange.shared.pop("authenticated_jwt_token", None)
        else:
            identify(call, credential, credential["key"])
            call.exchange.shared["authenticated_jwt_token"] = token.text


def _authenticate(call: Call) -> tuple[Token, Document]:
    config = call.config
    token = _token(call.exchange.request, config)
    credential = call.configuration.jwt_secrets.get(_key(token, config))
    if credential is None:
        _refuse(config, f"No credentials found for given '{config['key_claim_name']}'")
    algorithm: str = credential.get("algorithm") or "HS256"
    if token.header["alg"] != algorithm:
        _refuse(config, "Invalid algorithm")
    key = _verification_key(credential, algorithm, config)
    if not key:
        _refuse(config, "Invalid key/secret")
    if not verify(algorithm, key, token.signed, token.signature):
        _refuse(config, "Invalid signature")
    errors = _claim_errors(token.claims, config)
    if errors:
        raise Refused(Answer.json(401, errors, _challenge(config, 'error="invalid_token"')))
    return token, credential


def _token(request: Request, config: Config) -> Token:
    found = _candidates(request, config)
    if not found:
        raise Refused(Answer.json(401, {"message": "Unauthorized"}, _challenge(config)))
    if len(found) > 1:
        _refuse(config, "Multiple tokens provided")
    try:
        return read_token(found.pop())
    except BadTokenError as problem:
        _refuse(config, f"Bad token; {problem}")


def _candidates(request: Request, config: Config) -> set[str]:
    """Every token in the query, the cookies and the headers that the configuration names."""
    tokens: set[str] = set()
    query = request.query() if config["uri_param_names"] else {}
    for name in config["uri_param_names"]:
        value = query.get(name, [])
        tokens.update([value] if isinstance(value, str) else value)
    cookies = _cookies(request) if config["cookie_names"] else {}
    tokens.update(cookies.get(name, "") for name in config["cookie_names"])
    headers = request.headers.table()
    for name in config["header_names"]:
        value = headers.get(name.lower(), "")
        match = _BEARER.search(value if isinstance(value, str) else value[0])
        if match:
            tokens.add(match[1])
    return tokens - {""}


def _cookies(request: Request) -> dict[str, str]:
    try:
        parsed = SimpleCookie(request.headers.get("cookie"))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in parsed.items()}


def _key(token: Token, config: Config) -> str:
    name: str = config["key_claim_name"]
    key = token.claims[name] if name in token.claims else token.header.get(name)
    if key is False or (key is None and name not in token.claims and name not in token.header):
        _refuse(config, f"No mandatory '{name}' in claims")
    if key == "":
        _refuse(config, f"Invalid '{name}' in claims")
    if not isinstance(key, str):
        raise TypeError(f"invalid value for jwt_secrets.key: {type(key).__name__}")
    return key


def _verification_key(credential: Document, algorithm: str, config: Config) -> bytes | None:
    if not algorithm.startswith("HS"):
        return (credential.get("rsa_public_key") or "").encode()
    secret: str = credential.get("secret") or ""
    return decode_base64url(secret) if config["secret_is_base64"] else secret.encode()


def _claim_errors(claims: dict[str, Any], config: Config) -> dict[str, str]:
    errors: dict[str, str] = {}
    now = int(time.time())
    for name in config["claims_to_verify"] or ():
        value = claims.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            errors[name] = "must be a number"
        elif name == "exp" and value <= now:
            errors[name] = "token expired"
        elif name == "nbf" and value > now:
            errors[name] = "token not valid yet"
    longest = config["maximum_expiration"] or 0
    if not errors and longest > 0 and ("exp" not in claims or claims["exp"] - now > longest):
        errors["exp"] = "exceeds maximum allowed expiration"
    return errors


def _challenge(config: Config, *parameters: str) -> tuple[tuple[str, str], ...]:
    realm = (f'realm="{config["realm"]}"',) if config["realm"] is not None else ()
    return (("WWW-Authenticate", " ".join(("Bearer", *realm, *parameters))),)


def _refuse(config: Config, message: str) -> NoReturn:
    raise Refused(Answer.json(401, {"message": message}, _challenge(config, 'error="invalid_token"')))
