"""`python -m gateway keys` against a realm that a local HTTP server plays."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from jwt.algorithms import RSAAlgorithm
from typer.testing import CliRunner, Result

from config.keys import signing_keys
from gateway import keys
from gateway.commands import app
from tests.unit.guard.tokens import public_key

CERTS = "/realms/omnify/protocol/openid-connect/certs"


def published(name: str, **changed: Any) -> dict[str, Any]:
    """A key as Keycloak publishes it."""
    loaded = cast("Any", load_pem_public_key(public_key(name).encode()))
    key: dict[str, Any] = {**RSAAlgorithm.to_jwk(loaded, as_dict=True)}
    del key["key_ops"]
    return {**key, "kid": name, "alg": "RS256", "use": "sig", "x5c": ["MII"], "x5t": "abc", **changed}


ENCRYPTION = published("encrypting", alg="RSA-OAEP", use="enc")
OTHER_ALGORITHM = published("other", alg="RS512")


class Realm:
    """What is published, and under which status."""

    def __init__(self) -> None:
        self.keys: list[dict[str, Any]] = [published("first"), ENCRYPTION]
        self.status = 200
        self.body: bytes | None = None
        self.issuer = ""

    def answer(self, path: str) -> tuple[int, bytes]:
        if path != CERTS:
            return 404, b"no such realm"
        return self.status, self.body if self.body is not None else json.dumps({"keys": self.keys}).encode()


@pytest.fixture
def realm() -> Iterator[Realm]:
    playing = Realm()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = playing.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (http.server's name)
            """Tests print nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01), daemon=True)
    thread.start()
    playing.issuer = f"http://127.0.0.1:{server.server_port}/realms/omnify"
    yield playing
    server.shutdown()
    thread.join()
    server.server_close()


class Project:
    """A folder with a stack `test`, as the command finds it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "Pulumi.yaml").write_text("name: omnify-gateway\n")

    def auth(self, **auth: Any) -> None:
        document = {"config": {"omnify-gateway:auth": auth}}
        (self.folder / "Pulumi.test.yaml").write_text(yaml.safe_dump(document))

    @property
    def file(self) -> Path:
        return self.folder / "keys" / "test.jwks.json"

    def run(self, *options: str) -> Result:
        return CliRunner().invoke(app, ["keys", "--stack", "test", *options])


@pytest.fixture
def project(tmp_path: Path, realm: Realm, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setattr(keys, "PROJECT", tmp_path)
    made = Project(tmp_path)
    made.auth(kind="jwt", issuer=realm.issuer, audience="omnify-api", jwksFile="keys/test.jwks.json")
    return made


def test_a_file_that_is_not_there_yet_is_written(project: Project) -> None:
    result = project.run()
    assert result.exit_code == 0, result.output
    assert result.stdout == "  + first is new\n✓ wrote keys/test.jwks.json; review and commit it, then deploy\n"
    assert set(signing_keys(project.file.read_text())) == {"first"}


def test_the_file_has_signing_keys_alone_in_one_form(project: Project, realm: Realm) -> None:
    realm.keys = [published("second"), OTHER_ALGORITHM, ENCRYPTION, published("first")]
    project.run()
    text = project.file.read_text()
    listed = json.loads(text)["keys"]
    assert [list(key) for key in listed] == [["kid", "kty", "alg", "use", "n", "e"]] * 2
    assert [key["kid"] for key in listed] == ["first", "second"]
    assert text == json.dumps({"keys": listed}, indent=2) + "\n"


def test_a_key_that_leaves_out_what_is_usual_gets_it(project: Project, realm: Realm) -> None:
    bare = published("first")
    del bare["alg"], bare["use"]
    realm.keys = [bare]
    project.run()
    (key,) = json.loads(project.file.read_text())["keys"]
    assert (key["alg"], key["use"]) == ("RS256", "sig")


def test_nothing_changed_says_so_and_writes_nothing(project: Project, realm: Realm) -> None:
    project.run()
    before = project.file.stat().st_mtime_ns
    realm.keys.reverse()
    result = project.run()
    assert result.stdout == "✓ keys/test.jwks.json has what the realm publishes; nothing changed\n"
    assert (result.exit_code, project.file.stat().st_mtime_ns) == (0, before)


def test_what_came_and_went_is_named(project: Project, realm: Realm) -> None:
    project.run()
    realm.keys = [published("second")]
    result = project.run()
    assert "  + second is new\n  - first is no longer published\n" in result.stdout
    assert set(signing_keys(project.file.read_text())) == {"second"}


def test_checking_writes_nothing_and_exits_2_when_keys_differ(project: Project, realm: Realm) -> None:
    project.run()
    assert project.run("--check").exit_code == 0
    kept = project.file.read_text()
    realm.keys.append(published("second"))
    result = project.run("--check")
    assert result.exit_code == 2
    assert "✗ keys/test.jwks.json is not what the realm publishes; run this without --check" in result.stdout
    assert project.file.read_text() == kept


def test_a_key_that_changed_under_its_name_differs(project: Project, realm: Realm) -> None:
    project.run()
    realm.keys = [published("second", kid="first")]
    assert project.run("--check").exit_code == 2


def test_several_keys_need_a_choice(project: Project, realm: Realm) -> None:
    realm.keys.append(published("second"))
    assert (
        "! the realm publishes 2 keys; write auth.keyId with the one that signs: first, second" in project.run().stdout
    )


def test_the_key_that_is_listed_first_is_named(project: Project, realm: Realm) -> None:
    realm.keys.insert(0, published("second"))
    assert "(second is listed first, as Keycloak does with the key that signs)" in project.run().stdout


def test_a_choice_that_no_longer_signs_is_told(project: Project, realm: Realm) -> None:
    realm.keys.insert(0, published("second"))
    project.auth(kind="jwt", issuer=realm.issuer, jwksFile="keys/test.jwks.json", keyId="first")
    told = "! auth.keyId is first, but second is listed first, as Keycloak does with the key that signs; if it does, "
    assert f"{told}write auth.keyId: second, or its tokens are refused\n" in project.run().stdout


def test_a_choice_that_signs_needs_no_advice(project: Project, realm: Realm) -> None:
    realm.keys.append(published("second"))
    project.auth(kind="jwt", issuer=realm.issuer, jwksFile="keys/test.jwks.json", keyId="first")
    assert "!" not in project.run().stdout


def test_whose_tokens_are_refused_when_a_key_is_replaced_is_told(project: Project, realm: Realm) -> None:
    project.run()
    realm.keys = [published("second")]
    told = "! until this is deployed, tokens that second signed are refused; afterwards those of first are\n"
    assert told in project.run().stdout


def test_keys_that_stay_are_named_beside_those_that_do_not(project: Project, realm: Realm) -> None:
    project.run()
    realm.keys.append(published("second"))
    assert "  + second is new\n  = first stays\n" in project.run().stdout


def test_a_choice_that_is_gone_is_told(project: Project, realm: Realm) -> None:
    project.auth(kind="jwt", issuer=realm.issuer, jwksFile="keys/test.jwks.json", keyId="old")
    assert "! auth.keyId is old, which the realm does not publish; write one of first" in project.run().stdout


@pytest.fixture
def seamless(project: Project, realm: Realm) -> Project:
    """A stack whose keys all verify tokens, with the realm's first one in its file."""
    project.auth(kind="jwt", issuer=realm.issuer, jwksFile="keys/test.jwks.json", rotation="seamless")
    assert "!" not in project.run().stdout
    return project


def test_seamless_a_key_that_waits_is_deployed_before_it_signs(seamless: Project, realm: Realm) -> None:
    realm.keys.append(published("second"))
    told = seamless.run().stdout
    assert "  + second is new\n  = first stays\n" in told
    assert "! deploy this before the realm signs with second: until then, its tokens are refused\n" in told
    assert set(signing_keys(seamless.file.read_text())) == {"first", "second"}
    assert "!" not in seamless.run().stdout


def test_seamless_a_key_that_signs_already_is_urgent(seamless: Project, realm: Realm) -> None:
    realm.keys.insert(0, published("second"))
    told = (
        "! second is listed first, as Keycloak does with the key that signs; if it does, its tokens are refused until"
    )
    assert told in seamless.run().stdout


def test_seamless_a_promotion_needs_nothing(seamless: Project, realm: Realm) -> None:
    realm.keys.append(published("second"))
    seamless.run()
    realm.keys.reverse()
    assert seamless.run().stdout == "✓ keys/test.jwks.json has what the realm publishes; nothing changed\n"


def test_seamless_a_key_that_went_is_kept_until_its_tokens_are_gone(seamless: Project, realm: Realm) -> None:
    realm.keys.append(published("second"))
    seamless.run()
    realm.keys = [published("second")]
    told = seamless.run().stdout
    assert "  - first is no longer published\n  = second stays\n" in told
    assert "! deploy this when the last token that first signed has expired: from then on, they are refused\n" in told
    assert "auth.keyId" not in told


@pytest.mark.parametrize("kind", ["openid-connect", "oidc"])
def test_kinds_that_fetch_keys_themselves_need_nothing(project: Project, kind: str, realm: Realm) -> None:
    project.auth(kind=kind, issuer=realm.issuer)
    result = project.run()
    assert (result.exit_code, "nothing to do" in result.stdout) == (0, True)


REFUSED = {
    "no kind": ({"issuer": "https://keycloak.test/realms/omnify"}, "auth: has no kind; write 'kind: jwt'"),
    "no file": (
        {"kind": "jwt", "issuer": "https://keycloak.test/realms/omnify", "signingKey": "…"},
        "auth.jwksFile: is missing; write for example 'keys/omnify.jwks.json'",
    ),
    "no issuer": (
        {"kind": "jwt", "jwksFile": "k.json"},
        "auth.issuer: is missing; write the realm's URL, such as 'https://HOST/realms/REALM'",
    ),
    "an issuer with a slash": (
        {"kind": "jwt", "issuer": "https://keycloak.test/realms/omnify/", "jwksFile": "k.json"},
        "write 'https://keycloak.test/realms/omnify'",
    ),
    "a file outside": (
        {"kind": "jwt", "issuer": "https://keycloak.test/realms/omnify", "jwksFile": "../k.json"},
        "auth.jwksFile: '../k.json' is outside the project; write a path below it",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_settings_that_say_too_little_are_refused(project: Project, case: str) -> None:
    auth, message = REFUSED[case]
    project.auth(**auth)
    result = project.run()
    assert result.exit_code == 1
    assert message in result.stderr


def test_a_realm_that_is_not_there_is_told(project: Project, realm: Realm) -> None:
    project.auth(kind="jwt", issuer=f"{realm.issuer}-not", jwksFile="keys/test.jwks.json")
    result = project.run()
    assert result.exit_code == 1
    assert "answered 404; write the realm's URL as auth.issuer, such as 'https://HOST/realms/REALM'" in result.stderr


def test_a_server_that_is_not_there_is_told(project: Project) -> None:
    project.auth(kind="jwt", issuer="http://127.0.0.1:9/realms/omnify", jwksFile="keys/test.jwks.json")
    result = project.run()
    assert result.exit_code == 1
    assert "does not answer" in result.stderr
    assert "run this where the realm can be reached" in result.stderr


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>", "is not a JSON Web Key Set"),
        (b'{"keys": []}', "has no RSA key for RS256 signatures"),
        (json.dumps({"keys": [published("first", d="secret")]}).encode(), "holds a private key"),
    ],
    ids=["no JSON", "no keys", "a private key"],
)
def test_what_is_no_usable_key_set_is_refused_and_nothing_written(
    project: Project, realm: Realm, body: bytes, message: str
) -> None:
    realm.body = body
    result = project.run()
    assert (result.exit_code, project.file.exists()) == (1, False)
    assert f"{CERTS} {message}" in result.stderr
