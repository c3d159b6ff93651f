"""The guard alone: its Lua runs in Kong's sandbox on LuaJIT, with a request of our making."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entities.auth import SUBJECT_HEADER, Guard
from sandbox.kong.proxy.exchange import Exchange, Exit, Request, RequestBody
from sandbox.kong.proxy.headers import Headers
from sandbox.kong.proxy.lua.runtime import LuaError, LuaRuntime
from tests.unit.guard.tokens import AUDIENCE, ISSUER, base64url, claims, signed, unsigned

LUA = LuaRuntime(node_id="node")
GUARD = Guard(issuer=ISSUER, audience=AUDIENCE, tiers=("free", "pro", "enterprise"), preflight=True)

Lines = list[tuple[str, str]]


class Outcome:
    """What became of a request: refused with an answer, or passed on with these headers."""

    def __init__(self, headers: Lines, guard: Guard = GUARD, method: str = "GET") -> None:
        self.request = Request(
            method=method,
            scheme="http",
            http_version="1.1",
            raw_path="/",
            raw_query=None,
            headers=Headers(headers),
            body=RequestBody(_no_body),
            client_ip="127.0.0.1",
            server_port=8000,
        )
        self.status, self.message, self.challenge = 0, "", ""
        try:
            LUA.compile(guard.render(), "guard")(Exchange(request=self.request), "access", {})
        except Exit as exit_:
            self.status = exit_.answer.status
            self.message = json.loads(exit_.answer.body)["message"]
            self.challenge = dict(exit_.answer.headers)["WWW-Authenticate"]

    @property
    def passed(self) -> bool:
        return self.status == 0

    def sent(self, name: str) -> list[str]:
        return self.request.headers.all(name)


async def _no_body() -> bytes | None:
    return None


def bearer(token: str) -> Lines:
    return [("Authorization", f"Bearer {token}")]


def test_access_token_passes_and_its_subject_is_told() -> None:
    token = signed()
    outcome = Outcome(bearer(token))
    assert outcome.passed
    assert outcome.sent("Authorization") == [f"Bearer {token}"]
    assert outcome.sent(SUBJECT_HEADER) == [claims()["sub"]]


def test_request_without_a_token_is_asked_for_one() -> None:
    outcome = Outcome([])
    assert (outcome.status, outcome.message, outcome.challenge) == (401, "No bearer token", "Bearer")


def unsigned_with(**changed: Any) -> str:
    return unsigned(claims(**changed))


CLAIM_ATTACKS: list[tuple[str, dict[str, Any], int, str]] = [
    ("foreign realm", {"iss": "https://keycloak.test/realms/other"}, 401, "Token is of another issuer"),
    ("issuer with a trailing slash", {"iss": ISSUER + "/"}, 401, "Token is of another issuer"),
    ("issuer in another case", {"iss": ISSUER.upper()}, 401, "Token is of another issuer"),
    ("issuer as a list", {"iss": [ISSUER]}, 401, "Token is of another issuer"),
    ("no issuer", {"iss": ...}, 401, "Token is of another issuer"),
    ("wrong audience", {"aud": "account"}, 401, "Token is for another audience"),
    (
        "audience that looks alike",
        {"aud": ["omnify-api-2", "OMNIFY-API"]},
        401,
        "Token is for another audience",
    ),
    ("audience in a nested list", {"aud": [[AUDIENCE]]}, 401, "Token is for another audience"),
    ("audience as an object", {"aud": {"1": AUDIENCE}}, 401, "Token is for another audience"),
    ("audience as a key", {"aud": {AUDIENCE: True}}, 401, "Token is for another audience"),
    ("empty list of audiences", {"aud": []}, 401, "Token is for another audience"),
    ("no audience", {"aud": ...}, 401, "Token is for another audience"),
    ("audience null", {"aud": None}, 401, "Token is for another audience"),
    ("ID token", {"typ": "ID"}, 401, "Token is not an access token"),
    ("refresh token", {"typ": "Refresh"}, 401, "Token is not an access token"),
    ("kind in another case", {"typ": "bearer"}, 401, "Token is not an access token"),
    ("no kind", {"typ": ...}, 401, "Token is not an access token"),
    ("no subject", {"sub": ...}, 401, "Token has no usable subject"),
    ("subject null", {"sub": None}, 401, "Token has no usable subject"),
    ("subject a number", {"sub": 42}, 401, "Token has no usable subject"),
    ("subject a list", {"sub": ["a"]}, 401, "Token has no usable subject"),
    ("subject empty", {"sub": ""}, 401, "Token has no usable subject"),
    ("subject too long", {"sub": "a" * 256}, 401, "Token has no usable subject"),
    ("subject with a line break", {"sub": "a\r\nX-Consumer-ID: b"}, 401, "Token has no usable subject"),
    ("subject that reads as two headers", {"sub": "a, b"}, 401, "Token has no usable subject"),
    ("subject with NUL", {"sub": "a\0b"}, 401, "Token has no usable subject"),
    ("subject beyond ASCII", {"sub": "Åsa"}, 401, "Token has no usable subject"),
    ("no tier", {"tier": ...}, 403, "Token has no known tier"),
    ("unknown tier", {"tier": "gold"}, 403, "Token has no known tier"),
    ("tier in another case", {"tier": "Pro"}, 403, "Token has no known tier"),
    ("tier with a space", {"tier": "pro "}, 403, "Token has no known tier"),
    ("tier empty", {"tier": ""}, 403, "Token has no known tier"),
    ("tier null", {"tier": None}, 403, "Token has no known tier"),
    ("tier a number", {"tier": 1}, 403, "Token has no known tier"),
    ("tier true", {"tier": True}, 403, "Token has no known tier"),
    ("tier a list", {"tier": ["pro"]}, 403, "Token has no known tier"),
    ("tier an object", {"tier": {"pro": True}}, 403, "Token has no known tier"),
]


@pytest.mark.parametrize(
    ("changed", "status", "message"), [a[1:] for a in CLAIM_ATTACKS], ids=[a[0] for a in CLAIM_ATTACKS]
)
@pytest.mark.parametrize("make", [signed, unsigned_with], ids=["signed", "unsigned"])
def test_wrong_claims_are_refused(make: Any, changed: dict[str, Any], status: int, message: str) -> None:
    outcome = Outcome(bearer(make(**changed)))
    error = "invalid_token" if status == 401 else "insufficient_scope"
    assert (outcome.status, outcome.message) == (status, message)
    assert outcome.challenge == f'Bearer error="{error}", error_description="{message}"'
    assert outcome.sent(SUBJECT_HEADER) == []


@pytest.mark.parametrize("subject", ["u1", "f:2a7e:asa@example.test", "auth0|5f7c", "a" * 255])
def test_subjects_of_other_forms_pass(subject: str) -> None:
    assert Outcome(bearer(signed(sub=subject))).sent(SUBJECT_HEADER) == [subject]


def test_audience_may_be_one_string() -> None:
    assert Outcome(bearer(signed(aud=AUDIENCE))).passed


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "RS384", "ES256", "rs256", "", None, 1, ["RS256"]])
def test_other_algorithms_are_refused(algorithm: Any) -> None:
    outcome = Outcome(bearer(unsigned(header=json.dumps({"alg": algorithm}))))
    assert (outcome.status, outcome.message) == (401, "Token is not signed with RS256")


TOKEN = unsigned()
HEADER, PAYLOAD, SIGNATURE = TOKEN.split(".")

AUTHORIZATIONS: list[tuple[str, Lines]] = [
    ("two headers", [*bearer(TOKEN), *bearer(TOKEN)]),
    ("two headers in two spellings", [("authorization", f"Bearer {TOKEN}"), ("AUTHORIZATION", "Bearer x.y.z")]),
    ("two tokens", bearer(f"{TOKEN} {TOKEN}")),
    ("two tokens, comma", bearer(f"{TOKEN}, Bearer {TOKEN}")),
    ("another scheme", [("Authorization", f"Basic {TOKEN}")]),
    ("another scheme first", [("Authorization", f"Basic x Bearer {TOKEN}")]),
    ("scheme alone", [("Authorization", "Bearer")]),
    ("scheme and a space", [("Authorization", "Bearer ")]),
    ("token alone", [("Authorization", TOKEN)]),
    ("empty", [("Authorization", "")]),
    ("no space", [("Authorization", f"Bearer{TOKEN}")]),
    ("tab", [("Authorization", f"Bearer\t{TOKEN}")]),
    ("tab after", bearer(TOKEN + "\t")),
    ("leading space", [("Authorization", f" Bearer {TOKEN}")]),
    ("trailing space", bearer(TOKEN + " ")),
    ("comma", bearer(TOKEN + ",")),
    ("quoted", bearer(f'"{TOKEN}"')),
    ("padding", bearer(f"{HEADER}=.{PAYLOAD}==.{SIGNATURE}=")),
    ("plain Base64", bearer(f"{HEADER}.{PAYLOAD}+/.{SIGNATURE}")),
    ("not ASCII", bearer(TOKEN + "\xe9")),
    ("NUL", bearer(TOKEN + "\0")),
    ("huge", bearer(f"{HEADER}.{PAYLOAD}.{'A' * 8192}")),
]


@pytest.mark.parametrize("headers", [a[1] for a in AUTHORIZATIONS], ids=[a[0] for a in AUTHORIZATIONS])
def test_what_is_not_one_bearer_token_is_refused(headers: Lines) -> None:
    outcome = Outcome(headers)
    assert (outcome.status, outcome.message) == (401, "Authorization is not one bearer token")


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "bEaReR", "Bearer  ", "bearer   "])
def test_spellings_of_the_scheme_reach_jwt_as_one(scheme: str) -> None:
    token = signed()
    outcome = Outcome([("aUtHoRiZaTiOn", f"{scheme} {token}")])
    assert outcome.passed
    assert outcome.sent("authorization") == [f"Bearer {token}"]


PAYLOAD_TEXT = json.dumps(claims(name=...))

MALFORMED: list[tuple[str, str]] = [
    ("two parts", f"{HEADER}.{PAYLOAD}"),
    ("four parts", f"{TOKEN}.{SIGNATURE}"),
    ("five parts", f"{TOKEN}.{SIGNATURE}.{SIGNATURE}"),
    ("no signature", f"{HEADER}.{PAYLOAD}."),
    ("no payload", f"{HEADER}..{SIGNATURE}"),
    ("no header", f".{PAYLOAD}.{SIGNATURE}"),
    ("dots", "..."),
    ("impossible length", f"{HEADER}.{PAYLOAD}A" + ("A" * ((1 - len(PAYLOAD) - 1) % 4)) + f".{SIGNATURE}"),
    ("payload no JSON", unsigned("hello")),
    ("payload cut", unsigned(PAYLOAD_TEXT[:-1])),
    ("payload with more behind", unsigned(PAYLOAD_TEXT + "{}")),
    ("payload with NUL behind", unsigned(PAYLOAD_TEXT + "\0")),
    ("payload a string", unsigned('"text"')),
    ("payload a number", unsigned("1")),
    ("payload true", unsigned("true")),
    ("byte order mark", unsigned("\ufeff" + PAYLOAD_TEXT)),
    ("UTF-16", unsigned(PAYLOAD_TEXT.encode("utf-16"))),
    ("single quotes", unsigned(PAYLOAD_TEXT.replace('"', "'"))),
    ("comment", unsigned("/**/" + PAYLOAD_TEXT)),
    ("trailing comma", unsigned(PAYLOAD_TEXT[:-1] + ",}")),
    ("NaN", unsigned(PAYLOAD_TEXT[:-1] + ',"x":NaN}')),
    ("infinity", unsigned(PAYLOAD_TEXT[:-1] + ',"x":-Infinity}')),
    ("hexadecimal", unsigned(PAYLOAD_TEXT[:-1] + ',"x":0x10}')),
    ("leading zero", unsigned(PAYLOAD_TEXT[:-1] + ',"x":01}')),
    ("half a surrogate", unsigned(PAYLOAD_TEXT[:-1] + ',"x":"\\ud800"}')),
    ("half a surrogate and a letter", unsigned(PAYLOAD_TEXT[:-1] + ',"x":"\\ud800\\u0041"}')),
    ("low surrogate alone", unsigned(PAYLOAD_TEXT[:-1] + ',"x":"\\udc00"}')),
    ("control character", unsigned(PAYLOAD_TEXT[:-1] + ',"x":"\n"}')),
    ("control character before what could be escaped", unsigned(PAYLOAD_TEXT[:-1] + ',"x":"\nn"}')),
    ("unknown escape", unsigned(PAYLOAD_TEXT[:-1] + ',"x":"\\x41"}')),
    ("repeated tier", unsigned(PAYLOAD_TEXT[:-1] + ',"tier":"enterprise"}')),
    ("repeated tier, escaped", unsigned(PAYLOAD_TEXT[:-1] + ',"\\u0074ier":"enterprise"}')),
    ("repeated name deep inside", unsigned(PAYLOAD_TEXT[:-1] + ',"x":{"a":1,"a":2}}')),
    ("deep nesting", unsigned(PAYLOAD_TEXT[:-1] + ',"x":' + "[" * 2000 + "]" * 2000 + "}")),
    ("header no JSON", unsigned(header="RS256")),
    ("header with two algorithms", unsigned(header='{"alg":"none","alg":"RS256"}')),
]


@pytest.mark.parametrize("token", [a[1] for a in MALFORMED], ids=[a[0] for a in MALFORMED])
def test_malformed_tokens_are_refused(token: str) -> None:
    outcome = Outcome(bearer(token))
    assert (outcome.status, outcome.message) == (401, "Token is malformed")


@pytest.mark.parametrize("payload", ["[]", "null", f'["{AUDIENCE}"]', "{}"])
def test_json_without_claims_is_refused(payload: str) -> None:
    assert Outcome(bearer(unsigned(payload))).status == 401


def test_bytes_that_are_no_utf8_elsewhere_do_not_disturb() -> None:
    payload = PAYLOAD_TEXT[:-1].encode() + b',"name":"\xff\xfe"}'
    assert Outcome(bearer(unsigned(payload))).passed, "the signature is for jwt to judge"


def test_bytes_that_are_no_utf8_are_no_subject() -> None:
    payload = PAYLOAD_TEXT.encode().replace(claims()["sub"].encode(), b"\xff\xfe")
    assert Outcome(bearer(unsigned(payload))).message == "Token has no usable subject"


def test_tier_in_the_tokens_header_does_not_count() -> None:
    header = json.dumps({"alg": "RS256", "tier": "enterprise"})
    assert Outcome(bearer(unsigned(claims(tier=...), header))).status == 403


def test_expiry_is_left_to_jwt() -> None:
    assert Outcome(bearer(signed(exp=1))).passed


@pytest.mark.parametrize("spelling", ["TokenSubject", "tokensubject", "TOKENSUBJECT"])
@pytest.mark.parametrize("headers", [[], bearer(TOKEN)], ids=["no token", "token"])
def test_forged_subject_is_taken_out(spelling: str, headers: Lines) -> None:
    outcome = Outcome([(spelling, "forged"), *headers, (spelling, "forged")])
    assert outcome.sent(SUBJECT_HEADER) == ([claims()["sub"]] if headers else [])


@pytest.mark.parametrize("name", ["X-Consumer-Groups", "X-Authenticated-Groups"])
def test_forged_groups_do_not_reach_the_service(name: str) -> None:
    assert Outcome([(name, "enterprise"), *bearer(TOKEN)]).sent(name) == []


def test_many_headers_hide_neither_token_nor_forged_subject() -> None:
    noise = [(f"X-{at}", "x") for at in range(300)]
    outcome = Outcome([*noise, (SUBJECT_HEADER, "forged"), *bearer(TOKEN)])
    assert outcome.sent(SUBJECT_HEADER) == [claims()["sub"]]
    assert Outcome([*noise, *bearer(TOKEN), *bearer(TOKEN)]).status == 401


PREFLIGHT = [("Origin", "https://app.test"), ("Access-Control-Request-Method", "POST")]


@pytest.mark.parametrize("headers", [PREFLIGHT, [*PREFLIGHT, *bearer("junk")]], ids=["bare", "with junk"])
def test_preflight_passes_untouched(headers: Lines) -> None:
    outcome = Outcome(headers, method="OPTIONS")
    assert outcome.passed
    assert list(outcome.request.headers) == headers


@pytest.mark.parametrize(
    ("method", "headers"),
    [("OPTIONS", []), ("OPTIONS", PREFLIGHT[:1]), ("OPTIONS", PREFLIGHT[1:]), ("GET", PREFLIGHT), ("POST", PREFLIGHT)],
)
def test_what_cors_does_not_answer_needs_a_token(method: str, headers: Lines) -> None:
    assert Outcome(headers, method=method).status == 401


def test_preflight_needs_a_token_where_no_cors_plugin_answers_it() -> None:
    guard = Guard(issuer=ISSUER, audience=AUDIENCE, tiers=("free",), preflight=False)
    assert Outcome(PREFLIGHT, guard, "OPTIONS").status == 401


def test_other_claim_may_name_the_tier() -> None:
    guard = Guard(issuer=ISSUER, audience=AUDIENCE, tier_claim="plan", tiers=("gold",), preflight=False)
    assert Outcome(bearer(signed(plan="gold")), guard).passed
    assert Outcome(bearer(signed()), guard).status == 403


@settings(deadline=None)
@given(text=st.text(min_size=1, alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_is_a_safe_parameter(text: str) -> None:
    """A parameter stays what it is, whatever Lua would make of it."""
    guard = Guard(issuer=text, audience=text, tier_claim=text, tiers=(text,), preflight=False)
    payload = claims() | {"iss": text, "aud": text}
    if text not in {"iss", "aud", "sub", "typ"}:
        payload[text] = text
        outcome = Outcome(bearer(unsigned(payload)), guard)
        too_long = len(unsigned(payload)) > 8192
        assert outcome.passed or too_long


@pytest.mark.parametrize("text", ['"', "\\", "]]", '" .. error("x") .. "', "\n", "--", "\\34", "é", "\0"])
def test_rendered_parameters_are_plain_ascii_on_one_line(text: str) -> None:
    guard = Guard(issuer=text, audience="a", tiers=("t",), preflight=False)
    line = guard.render().splitlines()[1]
    assert line.startswith('  issuer = "')
    assert line.endswith('",')
    assert line.isascii()
    assert LUA.evaluate(f"local issuer = {line.partition('=')[2].rstrip(',')} return issuer", "x", _exchange()) == text


def test_same_guard_renders_to_the_same_text() -> None:
    again = Guard(issuer=ISSUER, audience=AUDIENCE, tiers=("free", "pro", "enterprise"), preflight=True)
    assert again.render() == GUARD.render()


@pytest.mark.parametrize(
    "changed", [{"issuer": ""}, {"audience": ""}, {"tier_claim": ""}, {"tiers": ()}, {"tiers": ("free", "")}]
)
def test_empty_parameters_are_refused(changed: dict[str, Any]) -> None:
    complete: dict[str, Any] = {"issuer": "i", "audience": "a", "tiers": ("t",), "preflight": True}
    with pytest.raises(ValueError, match=r"^guard: .* is empty"):
        Guard(**(complete | changed))


def test_guard_needs_nothing_but_kongs_default_sandbox() -> None:
    with pytest.raises(LuaError, match=r"require 'cjson\.safe' not allowed within sandbox"):
        LUA.compile("require 'cjson.safe'", "x")(_exchange(), "access", {})
    assert "require" not in [word for line in GUARD.render().splitlines() for word in line.partition("--")[0].split()]


def _exchange() -> Exchange:
    return Exchange(request=Outcome([]).request)


def test_padding_of_a_part_is_worked_out() -> None:
    for length in range(4):
        payload = claims(x="y" * length)
        assert Outcome(bearer(unsigned(payload))).passed
        assert len(base64url(json.dumps(payload))) % 4 != 1
