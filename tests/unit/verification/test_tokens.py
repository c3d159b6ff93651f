import base64
import hashlib
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_public_key
from cryptography.hazmat.primitives.serialization import PublicFormat as Form

from gateway.verification.outcome import SkippedError
from gateway.verification.tokens import Flaw, GivenTokens, SigningKey, SigningKeyError, flawed_claims, token_variable
from tests.unit.guard.tokens import private_key, public_key, signed
from tests.unit.verification.outputs import DEV

AUTH = DEV.auth
KEY = SigningKey(private_key(), AUTH)
VERIFIED: dict[str, Any] = {"algorithms": ["RS256"], "audience": AUTH.audience, "issuer": AUTH.issuer}
CLAIM_FLAWS = {
    Flaw.EXPIRED: {"exp", "iat"},
    Flaw.FOREIGN_ISSUER: {"iss"},
    Flaw.WRONG_AUDIENCE: {"aud"},
    Flaw.ID_TOKEN: {"typ"},
    Flaw.NO_TIER: {"tier"},
    Flaw.UNKNOWN_TIER: {"tier"},
}
BROKEN = (Flaw.GARBAGE, Flaw.UNSIGNED, Flaw.FORGED)


def test_a_users_token_is_one_that_the_realm_would_sign() -> None:
    claims = jwt.decode(KEY.user("pro"), public_key(), **VERIFIED)
    assert (claims["typ"], claims["tier"]) == ("Bearer", "pro")
    assert claims["exp"] == pytest.approx(time.time() + 300, abs=30)


def test_every_user_is_a_new_one() -> None:
    tokens = [KEY.user("free"), KEY.user("free"), KEY.other_user("free")]
    assert len({jwt.decode(token, public_key(), **VERIFIED)["sub"] for token in tokens}) == 3


def test_the_key_is_named_as_keycloak_names_it() -> None:
    spki = load_pem_public_key(public_key().encode()).public_bytes(Encoding.DER, Form.SubjectPublicKeyInfo)
    name = base64.urlsafe_b64encode(hashlib.sha256(spki).digest()).decode().rstrip("=")
    assert jwt.get_unverified_header(KEY.user("free"))["kid"] == name


@pytest.mark.parametrize("flaw", CLAIM_FLAWS)
def test_a_claims_flaw_is_the_only_one_and_the_signature_is_right(flaw: Flaw) -> None:
    flawed = KEY.flawed("pro", flaw)
    claims = jwt.decode(flawed, public_key(), algorithms=["RS256"], options={"verify_exp": False, "verify_aud": False})
    right = jwt.decode(KEY.user("pro"), public_key(), **VERIFIED)
    own = {"sub", "jti", "iat", "exp"} - CLAIM_FLAWS[flaw]
    different = {name for name in right if claims.get(name) != right[name]} - own
    assert different == CLAIM_FLAWS[flaw]


def test_an_expired_token_has_expired() -> None:
    with pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(KEY.flawed("pro", Flaw.EXPIRED), public_key(), **VERIFIED)


def test_a_forged_token_is_right_but_for_its_signature() -> None:
    forged = KEY.flawed("pro", Flaw.FORGED)
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(forged, public_key(), **VERIFIED)
    assert jwt.get_unverified_header(forged) == jwt.get_unverified_header(KEY.user("pro"))
    assert jwt.decode(forged, options={"verify_signature": False})["tier"] == "pro"


def test_an_unsigned_token_says_so() -> None:
    token = KEY.flawed("pro", Flaw.UNSIGNED)
    assert jwt.get_unverified_header(token)["alg"] == "none"
    assert token.endswith(".")


@pytest.mark.parametrize("flaw", BROKEN)
def test_broken_signatures_are_no_matter_of_claims(flaw: Flaw) -> None:
    with pytest.raises(ValueError, match="no matter of claims"):
        flawed_claims(AUTH, "pro", flaw)


def test_only_an_rsa_key_signs() -> None:
    elliptic = ec.generate_private_key(ec.SECP256R1())
    pem = elliptic.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with pytest.raises(SigningKeyError, match="cannot sign RS256; name an RSA key of at least 2048 bits"):
        SigningKey(pem, AUTH)


@pytest.mark.parametrize("text", ["", "no key", public_key()], ids=["nothing", "no key", "a public key"])
def test_what_is_no_private_key_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(SigningKeyError, match="is no readable private key") as refusal:
        SigningKey(text, AUTH)
    assert not text or text not in str(refusal.value)


def test_kong_oidc_needs_real_tokens() -> None:
    key = SigningKey(private_key(), AUTH.model_copy(update={"kind": "oidc"}))
    with pytest.raises(SkippedError, match="give real tokens"):
        key.user("free")
    assert key.flawed("free", Flaw.FORGED)


def test_given_tokens_come_from_the_variable_of_their_tier() -> None:
    assert token_variable("gold-plus") == "GATEWAY_TOKEN_GOLD_PLUS"
    given = GivenTokens({"GATEWAY_TOKEN_FREE": f" {signed()}\n", "GATEWAY_TOKEN_FREE_2": signed(sub="other")}, AUTH)
    assert jwt.decode(given.user("free"), options={"verify_signature": False})["tier"] == "free"
    assert jwt.decode(given.other_user("free"), options={"verify_signature": False})["sub"] == "other"


def test_a_missing_token_is_a_reason_that_names_the_variable() -> None:
    given = GivenTokens({"GATEWAY_TOKEN_PRO": signed()}, AUTH)
    with pytest.raises(SkippedError, match="a user of tier 'free' into GATEWAY_TOKEN_FREE, or give --signing-key"):
        given.user("free")
    with pytest.raises(SkippedError, match="a second user of tier 'pro' into GATEWAY_TOKEN_PRO_2"):
        given.other_user("pro")


def test_an_expired_token_is_not_used() -> None:
    given = GivenTokens({"GATEWAY_TOKEN_FREE": signed(exp=int(time.time()) - 90)}, AUTH)
    with pytest.raises(SkippedError, match=r"GATEWAY_TOKEN_FREE expired 9\d s ago; get a new one"):
        given.user("free")


def test_an_opaque_token_is_sent_as_it_is() -> None:
    assert GivenTokens({"GATEWAY_TOKEN_FREE": "opaque"}, AUTH).user("free") == "opaque"


@pytest.mark.parametrize("flaw", BROKEN)
def test_broken_tokens_need_nobodys_key(flaw: Flaw) -> None:
    assert GivenTokens({}, AUTH).flawed("free", flaw)


@pytest.mark.parametrize("flaw", CLAIM_FLAWS)
def test_flawed_claims_need_the_realms_key(flaw: Flaw) -> None:
    with pytest.raises(SkippedError, match="only the realm's key signs such a token"):
        GivenTokens({}, AUTH).flawed("free", flaw)
