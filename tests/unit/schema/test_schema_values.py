"""Hosts, paths, URLs, names, regular expressions and certificates as Kong reads them."""

from __future__ import annotations

import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from entities.schema import addresses, names, paths
from entities.schema.kong import kong_schema
from entities.schema.regexes import regex_error


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("a.example", "a.example:8000"),
        ("a.example.", "a.example.:8000"),
        ("a_b:1", "a_b:1"),
        ("127.000.0.1:65535", "127.0.0.1:65535"),
        ("[::1]", "[0000:0000:0000:0000:0000:0000:0000:0001]:8000"),
        ("2001:DB8::a", "[2001:0db8:0000:0000:0000:0000:0000:000a]:8000"),
        ("a:0", "a:0"),
    ],
)
def test_a_target_is_stored_with_its_port_and_its_address_in_full(text: str, stored: str) -> None:
    assert addresses.target_as_stored(text) == stored


@pytest.mark.parametrize(
    "text",
    ["", "a b", "a..b", "-", "a-.b", "256.1.1.1", "1.2.3", "::g", "[::1", "[::1]:x", "[::1]x", "1:2:3", "a:65536"],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(addresses.AddressError):
        addresses.parse_address(text)


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("10.0.0.0/8", True),
        ("10.0.0.1", True),
        ("10.0.0.0/33", False),
        ("10.0.0.0/08", False),
        ("10.0.0.0/", False),
        ("10.0.0/8", False),
        ("::/128", True),
        ("::1%eth0", False),
        ("fe80::/129", False),
    ],
)
def test_addresses_and_ranges(text: str, valid: bool) -> None:
    assert (addresses.ip_or_cidr_error(text) is None) == valid


@pytest.mark.parametrize(
    ("host", "error"),
    [
        ("*", None),
        ("*.a", None),
        ("a.*", None),
        ("a", None),
        ("*a*", "only one wildcard must be specified"),
        ("a*b", "wildcard must be leftmost or rightmost character"),
        ("*.a:1", "must not have a port"),
        ("*.a:99999", "must not have a port"),
        ("*. a", "invalid value: wildcard. a"),
        ("1.1.1.1", "must not be an IP"),
    ],
)
def test_hosts_with_wildcards(host: str, error: str | None) -> None:
    assert addresses.wildcard_host_error(host) == error


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/", None),
        ("/a/", None),
        ("/a/(\\d+)", None),
        ("/ü", None),
        ("/a%2Fb", None),
        ("/a%2fb", "non-normalized path, consider use '/a%2Fb' instead"),
        ("/a%20b", "non-normalized path, consider use '/a b' instead"),
        ("/a/./b", "non-normalized path, consider use '/a/b' instead"),
        ("/a/../b", "non-normalized path, consider use '/b' instead"),
        ("/a/..", "non-normalized path, consider use '/' instead"),
        ("/a.b/c..d", None),
        ("/a%2", "invalid url-encoded value: '%2'"),
        ("/a%zz", "invalid url-encoded value: '%zz'"),
        ("~/a/(?<id>\\d+)$", None),
        ("~/a%zz", None),
        (
            "~/((",
            "invalid regex: '/((' (PCRE returned: pcre2_compile() failed: missing closing parenthesis in \"/((\")",
        ),
    ],
)
def test_route_paths(path: str, error: str | None) -> None:
    assert paths.route_path_error(path) == error


@pytest.mark.parametrize(
    ("path", "normal"),
    [
        ("/", "/"),
        ("/a//b", "/a/b"),
        ("/a/.", "/a/"),
        ("/a/b/..", "/a/"),
        ("/..", "/"),
        ("/%7Ea/%41", "/~a/A"),
        ("/%2e%2e/x", "/x"),
        ("/%c3%bc", "/ü"),
    ],
)
def test_normal_paths(path: str, normal: str) -> None:
    assert paths.normalized(path) == normal


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("http://a", ("http", None, "a", None, None)),
        ("https://u:p@a:1/x?y#z", ("https", "u:p", "a", "1", "/x")),
        ("http://[::1]:80/", ("http", None, "::1", "80", "/")),
        ("a.example", (None, None, None, None, "a.example")),
        ("//a/x", (None, None, "a", None, "/x")),
        ("http://a?x", ("http", None, "a", None, None)),
        ("http://", ("http", None, None, None, None)),
    ],
)
def test_urls_are_split_as_luasocket_does(url: str, parts: tuple[str | None, ...]) -> None:
    parsed = paths.parse_url(url)

    assert (parsed.scheme, parsed.userinfo, parsed.host, parsed.port, parsed.path) == parts


@pytest.mark.parametrize(
    ("tag", "valid"),
    [
        ("a", True),
        ("a b", True),
        ("ü", True),
        ("a:b", True),
        ("a,b", False),
        ("a/b", False),
        ("", False),
        ("a\tb", False),
        ("\x7f", False),
    ],
)
def test_tags(tag: str, valid: bool) -> None:
    assert (names.tag_error(tag) is None) == valid


@pytest.mark.parametrize(
    ("name", "valid"), [("a", True), ("a.b-c_d~e", True), ("ü", True), ("a b", False), ("a/b", False), ("", False)]
)
def test_names(name: str, valid: bool) -> None:
    assert (names.utf8_name_error(name) is None) == valid


@pytest.mark.parametrize(
    "pattern",
    [
        r"\d+$",
        "(?<a>x)(?P<b>y)",
        "(?<=a)b",
        "(?<!a)b",
        "a*+",
        "(?>a)b",
        r"\p{L}+",
        r"\h",
        r"\Q(\E",
        "(?i)a",
        "[[:alpha:]]",
    ],
)
def test_a_regular_expression_that_pcre_takes_is_taken(pattern: str) -> None:
    assert regex_error(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("((", "missing closing parenthesis"),
        ("a)", "unmatched closing parenthesis"),
        ("[a", "missing terminating ] for character class"),
        ("*a", "quantifier does not follow a repeatable item"),
        ("[z-a]", "range out of order in character class"),
        ("a\\", "\\ at end of pattern"),
    ],
)
def test_a_regular_expression_that_pcre_refuses_is_refused(pattern: str, words: str) -> None:
    error = regex_error(pattern)

    assert error is not None
    assert error.startswith(f'pcre2_compile() failed: {words} in "{pattern}"')


def _certificate(key: ec.EllipticCurvePrivateKey, *, authority: bool, days: int) -> str:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a.example")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=9))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(Encoding.PEM).decode()


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _messages(kind: str, document: dict[str, object]) -> list[str]:
    return [violation.message for violation in kong_schema().check(kind, document)]


def test_a_certificate_belongs_to_its_key() -> None:
    key, other = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    cert = _certificate(key, authority=False, days=9)

    assert _messages("certificates", {"cert": cert, "key": _pem(key)}) == []
    assert _messages("certificates", {"cert": cert, "key": _pem(other)}) == ["certificate does not match key"]


def test_an_alternative_certificate_is_of_another_kind_and_has_its_key() -> None:
    key, other = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    cert, alternative = (_certificate(k, authority=False, days=9) for k in (key, other))
    pair = {"cert": cert, "key": _pem(key)}

    assert "all or none of these fields must be set: 'cert_alt', 'key_alt'" in _messages(
        "certificates", {**pair, "cert_alt": alternative}
    )
    assert "alternative certificate does not match key" in _messages(
        "certificates", {**pair, "cert_alt": alternative, "key_alt": _pem(key)}
    )
    assert _messages("certificates", {**pair, "cert_alt": alternative, "key_alt": _pem(other)}) == [
        "certificate and alternative certificate need to have different type (e.g. RSA and ECDSA), the provided "
        "certificates were both of the same type"
    ]


def test_an_authority_is_one_valid_certificate_that_may_sign() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    authority = _certificate(key, authority=True, days=9)

    assert _messages("ca_certificates", {"cert": authority}) == []
    assert len(kong_schema().complete("ca_certificates", {"cert": authority})["cert_digest"]) == 64
    assert _messages("ca_certificates", {"cert": authority * 2}) == ["please submit only one certificate at a time"]
    assert _messages("ca_certificates", {"cert": _certificate(key, authority=True, days=-1)}) == [
        'certificate expired, "Not After" time is in the past'
    ]
    assert _messages("ca_certificates", {"cert": _certificate(key, authority=False, days=9)}) == [
        'certificate does not appear to be a CA because it is missing the "CA" basic constraint'
    ]


def test_a_jwt_credential_with_a_signature_by_key_needs_that_key() -> None:
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    consumer = {"consumer": {"id": "11111111-1111-4111-8111-111111111111"}, "key": "k"}
    condition = "failed conditional validation given value of field 'algorithm'"

    assert _messages("jwt_secrets", {**consumer, "algorithm": "RS256", "rsa_public_key": pem}) == []
    assert _messages("jwt_secrets", {**consumer, "algorithm": "RS256"}) == [condition, "required field missing"]
    assert _messages("jwt_secrets", {**consumer, "algorithm": "RS256", "rsa_public_key": "x"}) == [
        condition,
        "invalid key",
    ]
    assert _messages("jwt_secrets", {**consumer, "rsa_public_key": "unused"}) == []
