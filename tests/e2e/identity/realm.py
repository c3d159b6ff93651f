"""A realm of a running Keycloak: its users, the tokens that they get, its keys."""

import base64
import hashlib
import html
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt

WEB_CLIENT: Final = "omnify-web"
WEB_PAGE: Final = "http://localhost:3000/"
_FORM: Final = re.compile(r'<form[^>]* action="([^"]+)"')


@dataclass(frozen=True)
class User:
    """A person with an account."""

    id: str
    name: str
    password: str


@dataclass(frozen=True)
class Tokens:
    """What a login brings."""

    access: str
    identity: str


@dataclass(frozen=True)
class Realm:
    """A realm, seen from outside at its `issuer`, and by its administrator through `admin`."""

    issuer: str
    admin: httpx.Client

    def jwks(self) -> str:
        """The keys that it publishes."""
        return httpx.get(f"{self.issuer}/protocol/openid-connect/certs").raise_for_status().text

    def user(self, *groups: str) -> User:
        """A new user in these groups."""
        name, password = f"user-{secrets.token_hex(4)}", secrets.token_urlsafe()
        account = {
            "username": name,
            "email": f"{name}@omnify.test",
            "emailVerified": True,
            "firstName": "Åsa",
            "lastName": "Öberg",
            "enabled": True,
            "groups": [f"/{group}" for group in groups],
            "credentials": [{"type": "password", "value": password, "temporary": False}],
        }
        created = self.admin.post("/users", json=account).raise_for_status()
        return User(created.headers["Location"].rsplit("/", 1)[1], name, password)

    def authorise(self, client: str, page: str, **parameters: str) -> httpx.Response:
        """Ask for the login page, as a browser does; redirections are not followed."""
        asked = {"client_id": client, "redirect_uri": page, "response_type": "code", "scope": "openid", **parameters}
        return httpx.get(f"{self.issuer}/protocol/openid-connect/auth", params=asked, timeout=30)

    def login(self, user: User, client: str = WEB_CLIENT, page: str = WEB_PAGE) -> Tokens:
        """Log in through the realm's page: the authorisation code flow with PKCE (RFC 7636)."""
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        shown = self.authorise(client, page, code_challenge=challenge, code_challenge_method="S256")
        form = _FORM.search(shown.text)
        assert form, "the realm shows no form"
        # By hand: httpx keeps back `Secure` cookies on a loopback address, where browsers send them.
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in shown.cookies.jar)
        answer = httpx.post(
            html.unescape(form[1]),
            data={"username": user.name, "password": user.password},
            headers={"Cookie": cookies},
            timeout=30,
        )
        assert answer.status_code == 302, answer.text
        code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
        grant = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": page}
        return self._tokens(client_id=client, **grant)

    def service(self, client: str) -> Tokens:
        """Log a program in, by the secret that Keycloak has made for it."""
        (found,) = self.admin.get("/clients", params={"clientId": client}).json()
        secret = self.admin.get(f"/clients/{found['id']}/client-secret").json()["value"]
        return self._tokens(client_id=client, client_secret=secret, grant_type="client_credentials", scope="openid")

    def service_account(self, client: str) -> str:
        """The id of the user as whom a program is known."""
        (found,) = self.admin.get("/clients", params={"clientId": client}).json()
        return self.admin.get(f"/clients/{found['id']}/service-account-user").json()["id"]

    def join(self, user_id: str, group: str) -> None:
        """Put a user into a group."""
        (found,) = self.admin.get("/groups", params={"search": group, "exact": True}).json()
        self.admin.put(f"/users/{user_id}/groups/{found['id']}").raise_for_status()

    def edit(self, user: User, attributes: Mapping[str, Sequence[str]]) -> None:
        """Write attributes as the administrator."""
        account = self.admin.get(f"/users/{user.id}").json()
        account["attributes"] = {**account.get("attributes", {}), **attributes}
        self.admin.put(f"/users/{user.id}", json=account).raise_for_status()

    def add_key(self, priority: int) -> str:
        """A new RS256 key; the one of the highest priority signs. Returns the id of its provider."""
        key = {
            "name": f"key-{priority}",
            "providerId": "rsa-generated",
            "providerType": "org.keycloak.keys.KeyProvider",
            "config": {"priority": [str(priority)], "algorithm": ["RS256"], "keySize": ["2048"]},
        }
        created = self.admin.post("/components", json=key).raise_for_status()
        return created.headers["Location"].rsplit("/", 1)[1]

    def prioritise(self, component: str, priority: int) -> None:
        """Change which key signs: the one of the highest priority does."""
        key = self.admin.get(f"/components/{component}").json()
        key["config"]["priority"] = [str(priority)]
        self.admin.put(f"/components/{component}", json=key).raise_for_status()

    def signing_kid(self) -> str:
        """The key that signs now."""
        return self.admin.get("/keys").json()["active"]["RS256"]

    def remove_key(self, kid: str) -> None:
        """Take a key away, with the provider that has it."""
        (key,) = (key for key in self.admin.get("/keys").json()["keys"] if key.get("kid") == kid)
        self.admin.delete(f"/components/{key['providerId']}").raise_for_status()

    def _tokens(self, **grant: str) -> Tokens:
        answer = httpx.post(f"{self.issuer}/protocol/openid-connect/token", data=grant)
        assert answer.status_code == 200, answer.text
        return Tokens(answer.json()["access_token"], answer.json()["id_token"])


def claims(token: str) -> dict[str, Any]:
    """What a token says, whoever signed it."""
    return jwt.decode(token, options={"verify_signature": False})  # pyright: ignore[reportUnknownMemberType] (PyJWT's keys are untyped here)
