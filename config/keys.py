"""The realm's public keys: PEM and JSON Web Key Sets in, the one PEM form that Kong stores out."""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import cast

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import InvalidKeyError

MINIMUM_BITS = 2048
"""RFC 7518, section 3.3: RS256 needs a key of 2048 bits or more."""


class UnsuitableKeyError(ValueError):
    """A key that cannot verify the realm's tokens."""


def normal_pem(key: object) -> str:
    """A public key as SPKI in PEM, ending in a newline.

    Raises:
        UnsuitableKeyError: it is no RSA key, or too short.
    """
    if not isinstance(key, rsa.RSAPublicKey):
        raise UnsuitableKeyError("is not an RSA public key; write the key with which the realm signs RS256")
    if key.key_size < MINIMUM_BITS:
        raise UnsuitableKeyError(f"has {key.key_size} bits; sign with a key of at least {MINIMUM_BITS} bits")
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.PEM, spki).decode()


def key_id(key: rsa.RSAPublicKey) -> str:
    """The `kid` that Keycloak gives a key: base64url of the SHA-256 of its SPKI in DER."""
    spki = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.urlsafe_b64encode(hashlib.sha256(spki).digest()).rstrip(b"=").decode()


def key_id_of_pem(pem: str) -> str:
    """The `kid` of a key in the form that `normal_pem` gives."""
    return key_id(cast("rsa.RSAPublicKey", serialization.load_pem_public_key(pem.encode())))


def signing_keys(jwks: str) -> Mapping[str, str]:
    """The RS256 signing keys of a key set, in PEM by their `kid`.

    Raises:
        ValueError: it is no key set, holds a private key, or no key that signs RS256.
    """
    try:
        listed = cast("list[dict[str, str]]", json.loads(jwks)["keys"])
        signing = [key for key in listed if key["kty"] == "RSA" and key.get("use", "sig") == "sig"]
        keys = {key["kid"]: key for key in signing if key.get("alg", "RS256") == "RS256"}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnsuitableKeyError("is not a JSON Web Key Set; write what the realm publishes as its certs") from error
    if any("d" in key for key in keys.values()):
        raise UnsuitableKeyError("holds a private key; write only what the realm publishes")
    if not keys:
        raise UnsuitableKeyError("has no RSA key for RS256 signatures; choose RS256 in the realm's keys")
    try:
        return {kid: normal_pem(RSAAlgorithm.from_jwk(dict(key))) for kid, key in keys.items()}
    except InvalidKeyError as error:
        raise UnsuitableKeyError(
            "has a key that cannot be read; write what the realm publishes as its certs"
        ) from error


def chosen_key(keys: Mapping[str, str], key_id: str | None) -> str:
    """The key that a stack means.

    Raises:
        UnsuitableKeyError: it names none of them, or none although there are several.
    """
    names = ", ".join(sorted(keys))
    if key_id is None and len(keys) > 1:
        raise UnsuitableKeyError(f"is missing, and jwksFile has several keys; write one of {names}")
    chosen = next(iter(keys)) if key_id is None else key_id
    if chosen not in keys:
        raise UnsuitableKeyError(f"{chosen!r} is not in jwksFile; write one of {names}")
    return keys[chosen]
