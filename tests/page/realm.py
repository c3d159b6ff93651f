"""A realm that logs everybody in at once: what of OpenID Connect the page uses, with the tests' own keys."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from cryptography.hazmat.primitives import serialization
from fastapi import FastAPI, HTTPException, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import RedirectResponse

from tests.unit.management.realms import TestRealm


@dataclass
class OpenRealm:
    """Whoever comes is logged in as `aino`, with the roles that the test says."""

    keys: TestRealm = field(default_factory=TestRealm)
    issuer: str = ""
    """Where it is, once it is served."""
    roles: tuple[str, ...] = ("gateway-admin",)
    refusal: str = ""
    """Why nobody may log in; empty when everybody may."""
    seconds: int = 300
    """How long its tokens hold."""
    given: int = 0
    """How many tokens it has given."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])

    @property
    def public_key(self) -> str:
        key = self.keys.key.public_key()
        return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()

    def token(self, *roles: str, **claims: Any) -> str:
        given: dict[str, Any] = {"iss": self.issuer, **claims}
        return self.keys.token(*roles, **given)

    def application(self) -> FastAPI:
        """What is served at `issuer`."""
        app = FastAPI()
        app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])

        @app.get("/.well-known/openid-configuration")
        def configuration() -> dict[str, str]:
            names = {"authorization_endpoint": "auth", "token_endpoint": "token", "end_session_endpoint": "logout"}
            return {name: f"{self.issuer}/{path}" for name, path in names.items()}

        @app.get("/auth")
        def authorise(
            redirect_uri: str, state: str, code_challenge: str, code_challenge_method: str
        ) -> RedirectResponse:
            assert code_challenge_method == "S256"
            if self.refusal:
                return RedirectResponse(
                    f"{redirect_uri}?state={state}&error=access_denied&error_description={self.refusal}"
                )
            code = secrets.token_urlsafe(8)
            self.codes[code] = {"challenge": code_challenge, "page": redirect_uri}
            return RedirectResponse(f"{redirect_uri}?state={state}&code={code}")

        @app.post("/token")
        async def token(request: Request) -> dict[str, Any]:
            sent = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
            if sent["grant_type"] == "authorization_code":
                begun = self.codes.pop(sent["code"], None)
                digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
                challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
                if begun != {"challenge": challenge, "page": sent["redirect_uri"]}:
                    raise HTTPException(400, "invalid_grant")
            elif sent["refresh_token"] != "again":
                raise HTTPException(400, "invalid_grant")
            self.given += 1
            made = self.token(*self.roles)
            return {"access_token": made, "id_token": "id", "refresh_token": "again", "expires_in": self.seconds}

        @app.get("/logout")
        def log_out(post_logout_redirect_uri: str) -> RedirectResponse:
            return RedirectResponse(post_logout_redirect_uri)

        return app
