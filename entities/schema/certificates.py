"""Certificates and keys, and whether they belong together.

Kong reads them with OpenSSL, whose own error texts cannot be repeated here: after Kong's words comes a reason
of ours.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

_CERTIFICATE_HEADER = "-----BEGIN CERTIFICATE-----"


def certificate_error(pem: str) -> str | None:
    """An X.509 certificate in PEM."""
    return None if _certificate(pem) else "invalid certificate: expected a certificate in PEM form"


def key_error(pem: str) -> str | None:
    """A private or public key in PEM."""
    return None if _public_key(pem) else "invalid key: expected a key in PEM form"


def jwt_key_error(pem: str) -> str | None:
    """The key of a JWT credential; Kong accepts private keys too (Kong: kong/plugins/jwt/daos.lua)."""
    return None if _public_key(pem) else "invalid key"


def pair_error(certificate: str, key: str, *, named: str) -> str | None:
    """Whether a certificate was made for a key."""
    parsed = _certificate(certificate)
    public = _public_key(key)
    if parsed is None or public is None or _spki(parsed.public_key()) == _spki(public):
        return None
    return f"{named} does not match key"


def same_kind_error(certificate: str, alternative: str) -> str | None:
    """Kong serves an alternative certificate to clients that cannot use the first: it must differ in kind."""
    one, other = _certificate(certificate), _certificate(alternative)
    if one is None or other is None or type(one.public_key()) is not type(other.public_key()):
        return None
    return (
        "certificate and alternative certificate need to have different type (e.g. RSA and ECDSA), the "
        "provided certificates were both of the same type"
    )


def authority_error(pem: str) -> str | None:
    """Whether a certificate may be used as a certificate authority (Kong: entities/ca_certificates.lua)."""
    if pem.count(_CERTIFICATE_HEADER) > 1:
        return "please submit only one certificate at a time"
    certificate = _certificate(pem)
    if certificate is None:
        return None
    if certificate.not_valid_after_utc < datetime.now(UTC):
        return 'certificate expired, "Not After" time is in the past'
    try:
        authority = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        authority = False
    if authority:
        return None
    return 'certificate does not appear to be a CA because it is missing the "CA" basic constraint'


def certificate_digest(pem: str) -> str | None:
    """The SHA-256 digest that Kong keeps beside a CA certificate; None for what is no certificate."""
    certificate = _certificate(pem)
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest() if certificate else None


@cache
def _certificate(pem: str) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificate(pem.encode())
    except ValueError:
        return None


@cache
def _public_key(pem: str) -> PublicKeyTypes | None:
    try:
        return load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        private = _private_key(pem)
        return private.public_key() if private else None


def _private_key(pem: str) -> PrivateKeyTypes | None:
    try:
        return load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None


def _spki(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
