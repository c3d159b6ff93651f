"""basic-auth (Kong: kong/plugins/basic-auth/access.lua)."""

import base64
import binascii
import hashlib
import hmac
import re
from typing import ClassVar

from typing_extensions import override

from sandbox.kong.proxy.handler import Call, Handler
from sandbox.kong.proxy.plugins.authentication import (
    Refused,
    already_authenticated,
    identify,
    refuse_or_go_anonymous,
)
from sandbox.kong.proxy.store import Document

_BASIC = re.compile(r"\s*[Bb]asic\s*(.+)")


class BasicAuth(Handler):
    """Finds the consumer by user name and password."""

    name: ClassVar[str] = "basic-auth"
    priority: ClassVar[int] = 1100

    @override
    async def access(self, call: Call) -> None:
        if already_authenticated(call):
            return
        try:
            credential = _authenticate(call)
        except Refused as refused:
            refuse_or_go_anonymous(call, refused)
        else:
            identify(call, credential, credential["username"])


def _authenticate(call: Call) -> Document:
    for header in ("proxy-authorization", "authorization"):
        username, password = _credentials(call, header)
        credential = call.configuration.basicauth_credentials.get(username)
        if credential is not None and _fits(credential, password):
            return credential
    challenge = f'Basic realm="{call.config["realm"]}"'
    raise Refused(call.exchange.error(401, "Unauthorized", ("WWW-Authenticate", challenge)))


def _credentials(call: Call, header: str) -> tuple[str, str]:
    headers = call.exchange.request.headers
    match = _BASIC.search(headers.get(header) or "")
    if call.config["hide_credentials"]:
        headers.remove(header)
    if match is None:
        return "", ""
    try:
        text = base64.b64decode(match[1], validate=True).decode("utf-8", "surrogateescape")
    except (binascii.Error, ValueError):
        return "", ""
    username, _, password = text.partition(":")
    return username, password


def _fits(credential: Document, password: str) -> bool:
    """Kong keeps sha1(password + consumer id) (Kong: kong/plugins/basic-auth/crypto.lua)."""
    salted = (password + credential["consumer"]["id"]).encode("utf-8", "surrogateescape")
    digest = hashlib.sha1(salted, usedforsecurity=False).hexdigest()
    return hmac.compare_digest(digest, credential["password"])
