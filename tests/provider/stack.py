"""One resource of each type, related as in a real stack."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from tests.provider.engine import TAGS, Engine, Resource

_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC_KEY = (
    _KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
)
PRIVATE_KEY = _KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a.example")])
CERTIFICATE = (
    x509.CertificateBuilder()
    .subject_name(_NAME)
    .issuer_name(_NAME)
    .public_key(_KEY.public_key())
    .serial_number(1)
    .not_valid_before(datetime.now(UTC) - timedelta(days=1))
    .not_valid_after(datetime.now(UTC) + timedelta(days=100))
    .sign(_KEY, hashes.SHA256())
    .public_bytes(serialization.Encoding.PEM)
    .decode()
)


@dataclass(frozen=True)
class Example:
    """Inputs of a type; `@name` stands for the id of another example."""

    type: str
    inputs: dict[str, Any]
    changed: dict[str, Any]
    """What an update changes, and to what."""

    def resolved(self, made: dict[str, Resource], **changed: Any) -> dict[str, Any]:
        values = {"tags": TAGS} | self.inputs | changed
        return {
            key: made[value[1:]].id if isinstance(value, str) and value.startswith("@") else value
            for key, value in values.items()
            if value is not None
        }


EXAMPLES: dict[str, Example] = {
    "certificate": Example(
        "Certificate",
        {"certificate": CERTIFICATE, "privateKey": PRIVATE_KEY, "snis": ["a.example"]},
        {"snis": ["b.example", "c.example"]},
    ),
    "service": Example(
        "Service", {"name": "svc", "protocol": "http", "host": "up.example", "retries": 2}, {"retries": 0}
    ),
    "route": Example(
        "Route",
        {
            "name": "rt",
            "protocols": ["http", "https"],
            "serviceId": "@service",
            "paths": ["/a", "/b"],
            "methods": ["GET"],
            "headers": [{"name": "x-a", "values": ["1", "2"]}, {"name": "x-b", "values": ["3"]}],
        },
        {"methods": None, "headers": [{"name": "x-a", "values": ["1"]}]},
    ),
    "consumer": Example("Consumer", {"username": "pro-tier", "customId": "42"}, {"customId": None}),
    "other-consumer": Example("Consumer", {"username": "free-tier"}, {"customId": "7"}),
    "plugin": Example(
        "Plugin",
        {"name": "rate-limiting", "configJson": '{"minute": 5}', "routeId": "@route", "consumerId": "@consumer"},
        {"configJson": '{"minute": 6}'},
    ),
    "acl": Example("ConsumerAcl", {"consumerId": "@consumer", "group": "pro"}, {"group": "enterprise"}),
    "basic": Example(
        "ConsumerBasicAuth",
        {"consumerId": "@consumer", "username": "bob", "password": "correct-horse"},
        {"password": "battery-staple"},
    ),
    "jwt": Example(
        "ConsumerJwtAuth",
        {"consumerId": "@consumer", "key": "pro", "algorithm": "RS256", "rsaPublicKey": PUBLIC_KEY},
        {"key": "professional"},
    ),
    "key": Example("ConsumerKeyAuth", {"consumerId": "@consumer", "key": "sesame-open"}, {"key": "sesame-close"}),
    "oauth2": Example(
        "ConsumerOauth2",
        {
            "consumerId": "@consumer",
            "name": "app",
            "clientId": "client-1",
            "clientSecret": "hush-hush",
            "redirectUris": ["https://a.example/cb"],
        },
        {"redirectUris": ["https://b.example/cb"]},
    ),
    "upstream": Example(
        "Upstream",
        {"name": "up.example", "healthchecks": {"active": {"httpPath": "/health", "timeout": 3}}},
        {"healthchecks": {"active": {"httpPath": "/ready", "timeout": 3}}},
    ),
    "target": Example("Target", {"upstreamId": "@upstream", "target": "10.0.0.1:8080", "weight": 100}, {"weight": 0}),
}


def _with_needs(name: str) -> set[str]:
    """A name and the names of all that its inputs refer to."""
    needs = {str(value)[1:] for value in EXAMPLES[name].inputs.values() if str(value).startswith("@")}
    return {name}.union(*map(_with_needs, needs))


async def make(engine: Engine, *names: str, **options: Any) -> dict[str, Resource]:
    """Create examples, and what they refer to, in order, as a program would."""
    wanted = set[str]().union(*map(_with_needs, names))
    made: dict[str, Resource] = {}
    for name, example in EXAMPLES.items():
        if name in wanted:
            made[name] = await engine.create(example.type, name, example.resolved(made), **options)
    return made


async def make_all(engine: Engine, **options: Any) -> dict[str, Resource]:
    """Create every example."""
    return await make(engine, *EXAMPLES, **options)
