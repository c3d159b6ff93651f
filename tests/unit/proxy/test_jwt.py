"""jwt: where it looks for tokens, and every family of signatures."""

import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.unit.proxy.harness import Gateway, reference

SECRET = "s" * 64


def key_pair(algorithm: str) -> tuple[str, dict[str, Any]]:
    """What signs, and the credential that verifies."""
    if algorithm.startswith("HS"):
        return SECRET, {"secret": SECRET}
    curves = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}
    if algorithm in curves:
        key: Any = ec.generate_private_key(curves[algorithm])
    else:
        key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return private, {"rsa_public_key": public}


def with_credential(gateway: Gateway, algorithm: str = "HS256", **config: Any) -> str:
    """Set jwt up and return a token that passes."""
    key, credential = key_pair(algorithm)
    consumer = reference(gateway.consumer("one"))
    gateway.store.add("jwt_secrets", consumer=consumer, key="k", algorithm=algorithm, **credential)
    gateway.plugin("jwt", config)
    return jwt.encode({"iss": "k"}, key, algorithm=algorithm)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("algorithm", ["HS256", "HS512", "RS256", "RS384", "PS256", "ES256", "ES384", "ES512"])
async def test_signature_is_checked(gateway: Gateway, algorithm: str) -> None:
    token = with_credential(gateway, algorithm)
    stranger = "t" * 64 if algorithm.startswith("HS") else key_pair(algorithm)[0]
    forged = jwt.encode({"iss": "k"}, stranger, algorithm=algorithm)
    good, bad = await gateway.get(headers=bearer(token)), await gateway.get(headers=bearer(forged))
    assert (good.status_code, bad.status_code, bad.json()) == (200, 401, {"message": "Invalid signature"})


async def test_elliptic_signature_of_another_size_gives_500(gateway: Gateway) -> None:
    head = with_credential(gateway, "ES256").rpartition(".")[0]
    assert (await gateway.get(headers=bearer(f"{head}.AAAA"))).status_code == 500


@pytest.mark.parametrize(
    ("token", "message"),
    [
        ("junk", "Bad token; invalid JSON"),
        ("e30.e30.e30", "Bad token; invalid alg"),
        ("eyJhbGciOiJub25lIn0.e30.", "Bad token; invalid alg"),
        ("eyJhbGciOiJIUzI1NiJ9.e30.?", "Bad token; invalid signature"),
        ("eyJhbGciOiJIUzI1NiJ9.e30.AAAA", "No mandatory 'iss' in claims"),
        (jwt.encode({"iss": ""}, SECRET), "Invalid 'iss' in claims"),
        (jwt.encode({"iss": "other"}, SECRET), "No credentials found for given 'iss'"),
        (jwt.encode({"iss": "k"}, SECRET, "HS512"), "Invalid algorithm"),
    ],
)
async def test_bad_tokens_get_kongs_words(gateway: Gateway, token: str, message: str) -> None:
    with_credential(gateway, realm="api")
    answer = await gateway.get(headers=bearer(token))
    assert (answer.status_code, answer.json()) == (401, {"message": message})
    assert answer.headers["www-authenticate"] == 'Bearer realm="api" error="invalid_token"'


async def test_key_may_be_named_in_the_tokens_header(gateway: Gateway) -> None:
    with_credential(gateway, key_claim_name="kid")
    token = jwt.encode({}, SECRET, headers={"kid": "k"})
    assert (await gateway.get(headers=bearer(token))).status_code == 200


async def test_token_is_looked_for_in_query_and_cookies(gateway: Gateway) -> None:
    token = with_credential(gateway, uri_param_names=["jwt"], cookie_names=["session"])
    assert (await gateway.get(f"/?jwt={token}")).status_code == 200
    assert (await gateway.get(headers={"Cookie": f"a=b; session={token}"})).status_code == 200
    assert (await gateway.get(f"/?jwt={token}", headers=bearer(token))).status_code == 200, "the same token twice"
    two = await gateway.get(f"/?jwt={token}&jwt=x.y.z")
    assert (two.status_code, two.json()) == (401, {"message": "Multiple tokens provided"})


@pytest.mark.parametrize(("runs", "status"), [(True, 401), (False, 200)])
async def test_preflight_may_be_let_through(gateway: Gateway, runs: bool, status: int) -> None:
    with_credential(gateway, run_on_preflight=runs)
    assert (await gateway.client.options("/")).status_code == status


async def test_not_before_is_checked_when_asked(gateway: Gateway) -> None:
    with_credential(gateway, claims_to_verify=["nbf"])
    token = jwt.encode({"iss": "k", "nbf": int(time.time()) + 60}, SECRET)
    assert (await gateway.get(headers=bearer(token))).json() == {"nbf": "token not valid yet"}


async def test_authenticated_token_is_shared_with_later_plugins(gateway: Gateway) -> None:
    token = with_credential(gateway)
    gateway.plugin("post-function", {"access": ["kong.response.exit(200, kong.ctx.shared.authenticated_jwt_token)"]})
    assert (await gateway.get(headers=bearer(token))).text == token


async def test_forged_consumer_headers_do_not_reach_the_service(gateway: Gateway) -> None:
    names = ("X-Consumer-ID", "X-Consumer-Custom-ID", "X-Consumer-Username", "X-Credential-Identifier")
    forged = dict.fromkeys((*names, "X-Anonymous-Consumer"), "forged")
    answer = await gateway.get(headers={**forged, **bearer(with_credential(gateway))})
    assert "forged" not in [value for _, value in answer.json()["headers"]]
