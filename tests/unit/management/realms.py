"""A realm for tests: a key of its own, and tokens as Keycloak makes them."""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from config.keys import key_id

ISSUER = "https://auth.test/realms/omnify"
AUDIENCE = "omnify-api"


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class TestRealm:
    """Signs tokens."""

    __test__ = False

    key: rsa.RSAPrivateKey = field(default_factory=new_key)

    @property
    def kid(self) -> str:
        return key_id(self.key.public_key())

    def jwks(self) -> str:
        public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return json.dumps({"keys": [{**public, "kid": self.kid, "use": "sig", "alg": "RS256"}]})

    def write(self, folder: Path) -> Path:
        file = folder / "jwks.json"
        file.write_text(self.jwks())
        return file

    def claims(self, *roles: str, **changes: Any) -> dict[str, Any]:
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": [AUDIENCE, "account"],
            "sub": "5f0c3a52-9c3e-4ed4-a0a1-6b1b0a0b1f2e",
            "typ": "Bearer",
            "azp": "omnify-management",
            "preferred_username": "aino",
            "iat": now,
            "exp": now + 300,
            "realm_access": {"roles": list(roles)},
        }
        return {name: value for name, value in (claims | changes).items() if value is not None}

    def token(self, *roles: str, headers: dict[str, Any] | None = None, **changes: Any) -> str:
        return jwt.encode(
            self.claims(*roles, **changes), self.key, algorithm="RS256", headers={"kid": self.kid, **(headers or {})}
        )
