"""Tokens as Keycloak makes them, and broken ones."""

import base64
import json
import time
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from jwt.api_jws import PyJWS

ISSUER = "https://keycloak.test/realms/omnify"
AUDIENCE = "omnify-api"


@cache
def _key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2048)


def private_key(name: str = "realm") -> str:
    """A private key in PEM; the same name is the same key within a test run."""
    return _key(name).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_key(name: str = "realm") -> str:
    return _key(name).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def claims(**changed: Any) -> dict[str, Any]:
    """An access token's claims; a value of `...` takes a claim out."""
    now = int(time.time())
    whole: dict[str, Any] = {
        "exp": now + 300,
        "iat": now,
        "iss": ISSUER,
        "aud": [AUDIENCE, "account"],
        "sub": "3f6c1f0e-7d5c-4a3e-9a54-0d7a1d1b2c3d",
        "typ": "Bearer",
        "azp": "omnify-web",
        "tier": "free",
        "realm_access": {"roles": ["user"]},
        "name": "Åsa “Q” Öberg",
    }
    whole |= changed
    return {name: value for name, value in whole.items() if value is not ...}


def signed(key: str = "realm", *, algorithm: str = "RS256", kid: str = "k1", **changed: Any) -> str:
    payload = json.dumps(claims(**changed)).encode()
    return PyJWS().encode(payload, private_key(key), algorithm=algorithm, headers={"kid": kid})


def base64url(data: bytes | str) -> str:
    raw = data.encode() if isinstance(data, str) else data
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unsigned(payload: bytes | str | dict[str, Any] | None = None, header: bytes | str | None = None) -> str:
    """A token with any payload and header, and a signature that fits nothing."""
    payload = json.dumps(claims()) if payload is None else payload
    payload = json.dumps(payload) if isinstance(payload, dict) else payload
    header = '{"alg":"RS256","typ":"JWT"}' if header is None else header
    return f"{base64url(header)}.{base64url(payload)}.{base64url(b'x' * 256)}"
