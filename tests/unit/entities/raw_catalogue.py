"""A stack with an entity of each kind in Kong's own terms, referring to one another and to the modelled ones."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.unit.config.documents import Document, Edit, put

LIVE_ID = "1d3f4a7e-6f2b-4f5c-9a55-0c8a4b1f2e3d"
"""An id that was there before."""


@cache
def certificate_and_key() -> tuple[str, str]:
    """A certificate for legacy.example with its private key, in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "legacy.example")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=365))
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return builder.sign(key, hashes.SHA256()).public_bytes(pem).decode(), private.decode()


def without_secrets() -> dict[str, list[dict[str, Any]]]:
    """The entities that hold no secret."""
    return {
        "upstreams": [{"name": "orders", "algorithm": "least-connections"}],
        "targets": [
            {"upstream": "orders", "target": "10.0.0.1:8080", "weight": 0},
            {"upstream": "orders", "target": "10.0.0.2:8080"},
        ],
        "services": [{"name": "legacy", "host": "orders", "port": 80, "path": "/v1", "tags": ["team-a"]}],
        "routes": [
            {"name": "legacy-v1", "service": "legacy", "paths": [r"~/v1/\d+"], "strip_path": True},
            {"id": LIVE_ID, "service": "omnify-api", "hosts": ["old.example"], "headers": {"x-version": ["1", "2"]}},
            {"name": "nowhere", "paths": ["/nowhere"]},
        ],
        "consumers": [{"username": "partner", "custom_id": "42"}, {"custom_id": "only"}],
        "acls": [{"consumer": "partner", "group": "partners"}, {"consumer": "free-tier", "group": "partners"}],
        "plugins": [
            {"name": "ip-restriction", "service": "legacy", "config": {"deny": ["10.9.0.0/16"]}},
            {"name": "ip-restriction", "route": LIVE_ID, "consumer": "only", "config": {"allow": ["10.0.0.0/8"]}},
            {"name": "key-auth", "route": "legacy-v1", "instance_name": "legacy-keys", "protocols": ["http", "https"]},
            {"name": "bot-detection", "enabled": False},
        ],
    }


def with_secrets() -> dict[str, list[dict[str, Any]]]:
    """An entity of each kind."""
    certificate, _ = certificate_and_key()
    return without_secrets() | {
        "certificates": [{"cert": certificate, "key": "{secret://legacy-tls}", "snis": ["legacy.example"]}],
        "jwt_secrets": [{"consumer": "partner", "key": "p", "algorithm": "HS256", "secret": "{secret://partner-jwt}"}],
        "keyauth_credentials": [
            {"consumer": "partner", "key": "{secret://partner-key}"},
            {"consumer": "42", "key": "{secret://partner-second-key}"},
        ],
        "basicauth_credentials": [
            {"consumer": "only", "username": "only", "password": "{secret://only-password}"},
        ],
        "oauth2_credentials": [
            {"consumer": "only", "name": "app", "client_id": "app-1", "client_secret": "{secret://app-secret}"},
        ],
        "plugins": [
            *without_secrets()["plugins"],
            {"name": "session", "service": "legacy", "config": {"secret": "{secret://session}", "cookie_name": "s"}},
        ],
    }


def _without_modelled() -> dict[str, list[dict[str, Any]]]:
    """The entities that refer to no modelled one."""
    modelled = {"omnify-api", "free-tier", LIVE_ID}
    return {
        kind: [each for each in documents if not modelled & {str(value) for key, value in each.items() if key != "id"}]
        for kind, documents in without_secrets().items()
    }


RAW: Edit = put("entities", with_secrets())
RAW_WITHOUT_SECRETS: Edit = put("entities", without_secrets())
RAW_WITHOUT_MODELLED: Edit = put("entities", _without_modelled())
BARE: dict[str, Any] = {
    "auth": {"kind": "none"},
    "tiers": [],
    "apis": [],
    "backends": {},
    "traffic": {"maxBody": None, "correlationHeader": None},
    "observability": {"prometheus": None, "accessLog": False},
}
"""The sections of a stack in which the gateway adds nothing by itself; `cors` is to be absent."""


def OPEN(document: Document) -> None:  # noqa: N802 (an edit among others)
    """Let the gateway add nothing by itself."""
    document.pop("cors")
    document |= BARE
