"""What is left out is told of with its name and the reason; nothing goes silently."""

import pytest
import yaml

from tests.contract.admin.certificates import self_signed
from tests.unit.importing.faithful import unsaid
from tests.unit.importing.imports import imported, reasons, unaccounted

UNMANAGED = """
_format_version: "3.0"
ca_certificates: [{id: 5d1e0c2a-6c1c-4b5e-8d56-696d706f7274, cert: x}]
consumer_groups: [{name: gold, consumers: [{username: a}]}]
filter_chains: [{name: chain}]
keys: [{kid: "k1", set: {name: s}}]
licenses: [{id: l1}]
rbac_roles: [{name: admins}]
vaults: [{prefix: my-env, name: env}]
something_new: [{name: thing}]
consumers:
- username: partner
  hmacauth_credentials: [{username: h, secret: s3cr3t}]
  mtls_auth_credentials: [{id: m1, subject_name: x}]
  groups: [{name: gold}]
"""


def test_kinds_that_no_resource_stands_for_are_told_of_by_name() -> None:
    found = imported(UNMANAGED)

    assert {(each.kind, each.name) for each in found.left_out} == {
        ("ca_certificates", "5d1e0c2a-6c1c-4b5e-8d56-696d706f7274"),
        ("consumer_groups", "gold"),
        ("filter_chains", "chain"),
        ("hmacauth_credentials", "h"),
        ("keys", "k1"),
        ("licenses", "l1"),
        ("mtls_auth_credentials", "m1"),
        ("rbac_roles", "admins"),
        ("something_new", "thing"),
        ("vaults", "env"),
    }
    assert all(each.reason for each in found.left_out)
    assert "s3cr3t" not in str(found.left_out)
    assert [each["username"] for each in found.raw["consumers"]] == ["partner"]


@pytest.mark.parametrize(
    ("entity", "name", "reason"),
    [
        ("plugins: [{name: openid-connect, config: {issuer: x}}]", "openid-connect", "it is in Kong Enterprise only"),
        ("plugins: [{name: our-own}]", "our-own", "Kong 3.9 has no plugin of this name"),
        ("plugins: [{name: cors, consumer_group: gold}]", "cors", "it works on the consumer group gold"),
        (
            "plugins: [{name: cors, condition: x}]",
            "cors",
            "Kong 3.9 has no field condition, and without it it would do",
        ),
        ("plugins: [{name: cors, service: gone}]", "cors on gone", "it refers to the service gone, which is not there"),
        ("plugins: [{name: cors}, {name: cors}]", "cors", "it is there twice"),
        ("services: [{name: a, host: '$HOST'}]", "a", "Kong 3.9 refuses host: invalid value: $HOST"),
        ("routes: [{name: r, expression: 'x'}]", "r", "Kong 3.9 has no field expression"),
    ],
)
def test_what_kong_would_refuse_or_run_otherwise_is_left_out(entity: str, name: str, reason: str) -> None:
    found = imported(f'_format_version: "3.0"\n{entity}\n')

    kind = entity.partition(":")[0]
    assert reasons(found.left_out)[kind, name].startswith(reason)
    assert unaccounted(found) == 0
    assert unsaid(found.proposal) == []


def test_what_belongs_to_something_left_out_is_left_out_with_it() -> None:
    found = imported("""
    _format_version: "3.0"
    services: [{name: a, host: "$HOST", routes: [{name: r, hosts: [a.example], plugins: [{name: cors}]}]}]
    """)

    assert reasons(found.left_out) == {
        ("services", "a"): "Kong 3.9 refuses host: invalid value: $HOST",
        ("routes", "r"): "the service that it refers to is left out",
        ("plugins", "cors on r"): "the route that it refers to is left out",
    }
    assert found.raw == {}


def test_each_of_several_is_told_of_by_what_it_belongs_to() -> None:
    found = imported("""
    _format_version: "3.0"
    plugins: [{name: openid-connect, service: a}, {name: openid-connect, service: b}, {name: openid-connect}]
    services: [{name: a, host: a.svc}, {name: b, host: b.svc}]
    """)

    names = [each.name for each in found.left_out]
    assert names == ["openid-connect on a", "openid-connect on b", "openid-connect"]
    assert unaccounted(found) == 0


def test_a_field_that_kong_does_not_have_is_left_out_of_its_entity() -> None:
    found = imported("""
    _format_version: "3.0"
    services: [{name: a, host: a.svc, tls_sans: {dnsnames: [x]}}]
    plugins: [{name: acl, service: a, config: {allow: [g], include_consumer_groups: true}, ordering: null}]
    """)

    assert reasons(found.left_out) == {
        ("services", "a"): "its field tls_sans, which Kong 3.9 does not have",
        ("plugins", "acl on a"): "its field config.include_consumer_groups, which Kong 3.9 does not have",
    }
    assert found.raw["services"] == [{"name": "a", "host": "a.svc"}]
    assert found.raw["plugins"][0]["config"] == {"allow": ["g"]}


def test_kongs_enterprise_edition_takes_its_plugins() -> None:
    text = '{_format_version: "3.0", plugins: [{name: openid-connect, config: {issuer: "https://a.example"}}]}'

    found = imported(text, edition="enterprise", platform={"image": "kong/kong-gateway:3.9.1.0"})

    assert found.left_out == ()
    assert found.raw["plugins"] == [{"name": "openid-connect", "config": {"issuer": "https://a.example"}}]


def test_a_secret_that_kong_would_refuse_is_not_shown() -> None:
    text = '{_format_version: "3.0", plugins: [{name: acme, config: {account_email: s3cr3t, storage: kong}}]}'

    found = imported(text)

    assert reasons(found.left_out) == {
        ("plugins", "acme"): "Kong 3.9 refuses config.account_email: its value, which is a secret"
    }


def test_what_the_program_refuses_beyond_kong_is_left_out_with_its_reason() -> None:
    text = '{_format_version: "3.0", consumers: [{username: a, keyauth_credentials: [{key: s3cr3t}]}]}'

    found = imported(text, mode="dbless")

    ((place, reason),) = reasons(found.left_out).items()
    assert place[0] == "keyauth_credentials"
    assert "ConfigMap" in reason
    assert [each["username"] for each in found.raw["consumers"]] == ["a"]


def test_what_refers_to_something_that_the_program_refuses_goes_with_it() -> None:
    identity = "5d1e0c2a-6c1c-4b5e-8d56-696d706f7274"
    certificate = {"id": identity, **self_signed("a.example")._asdict()}
    route = {"name": "r", "hosts": ["a.example"]}
    service = {"name": "a", "host": "a.svc", "protocol": "https", "client_certificate": identity, "routes": [route]}

    found = imported(
        yaml.safe_dump({"_format_version": "3.0", "certificates": [certificate], "services": [service]}), mode="dbless"
    )

    told = reasons(found.left_out)
    assert told["services", "a"] == "the certificate that it refers to is left out"
    assert told["routes", "r"] == "the service that it refers to is left out"
    assert unaccounted(found) == 0
