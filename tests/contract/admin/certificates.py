"""Self-signed certificates with their keys; and such in the place of recorded ones, whose keys were taken out."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from entities.schema.document import Json

REMOVED_KEY = "{{throwaway test private key removed}}"


class Pair(NamedTuple):
    """A certificate and its key, both in PEM."""

    cert: str
    key: str


@cache
def self_signed(name: str) -> Pair:
    """A certificate for a name, always the same within one run."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Pair(certificate.public_bytes(Encoding.PEM).decode(), pem.decode())


def with_keys(exchanges: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Recorded exchanges with certificates of ours, sent with their keys; the one named `mismatch` with another's."""
    recorded = list(dict.fromkeys(body["cert"] for body in _sent_with_keys(exchanges)))
    text = json.dumps(exchanges)
    for number, cert in enumerate(recorded):
        text = text.replace(json.dumps(cert), json.dumps(self_signed(f"{number}.example").cert))
    keys = {
        self_signed(f"{number}.example").cert: self_signed(f"{number}.example").key for number in range(len(recorded))
    }
    replaced = json.loads(text)
    for body in _sent_with_keys(replaced):
        body["key"] = keys[body["cert"]]
    for exchange in replaced:
        if exchange["name"] == "mismatch":
            exchange["request"]["body"]["key"] = self_signed("another.example").key
    return replaced


def _sent_with_keys(exchanges: list[dict[str, Any]]) -> list[dict[str, Any]]:
    bodies: list[Json] = [exchange["request"]["body"] for exchange in exchanges]
    return [body for body in bodies if isinstance(body, dict) and body.get("key") == REMOVED_KEY]
