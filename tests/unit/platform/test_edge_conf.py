"""How Kong is told where it listens, what it shows, and whom it believes."""

import pytest
from pydantic import JsonValue

from components.platform.kong_conf import gateway_environment
from tests.program.stacks import section, stack_settings

SOCKET = "reuseport backlog=16384"
TRUSTED: JsonValue = {"trustedProxies": ["10.0.0.0/8", "fd00::/8"]}
BALANCED: dict[str, JsonValue] = {"type": "LoadBalancer"}


def values(stack: str = "prod", **sections: JsonValue) -> dict[str, str]:
    return dict(gateway_environment(stack_settings(stack, **sections)).values)


def with_tls(**keys: JsonValue) -> JsonValue:
    return section("prod", "ingress", tls={"by": "secret", "secretName": "kong-tls", **keys})


def test_behind_an_ingress_kong_listens_in_the_clear() -> None:
    found = values()
    assert found["KONG_PROXY_LISTEN"] == f"0.0.0.0:8000 {SOCKET}"
    assert found["KONG_PORT_MAPS"] == "80:8000"
    assert "KONG_SSL_CERT" not in found


def test_behind_a_load_balancer_tls_ends_in_kong() -> None:
    found = values(proxyService=BALANCED)
    assert found["KONG_PROXY_LISTEN"] == f"0.0.0.0:8000 {SOCKET}, 0.0.0.0:8443 ssl http2 {SOCKET}"
    assert found["KONG_PORT_MAPS"] == "80:8000, 443:8443"
    assert (found["KONG_SSL_CERT"], found["KONG_SSL_CERT_KEY"]) == ("/etc/kong-tls/tls.crt", "/etc/kong-tls/tls.key")


def test_a_load_balancer_without_tls_leads_to_plain_http() -> None:
    found = values("dev", proxyService=BALANCED)
    assert found["KONG_PROXY_LISTEN"] == f"0.0.0.0:8000 {SOCKET}"
    assert "KONG_SSL_CERT" not in found


@pytest.mark.parametrize(
    ("families", "addresses", "records"),
    [
        (["IPv4"], ["0.0.0.0"], None),
        (["IPv6"], ["[::]"], "LAST,SRV,AAAA,CNAME"),
        (["IPv4", "IPv6"], ["0.0.0.0", "[::]"], "LAST,SRV,A,AAAA,CNAME"),
        (["IPv6", "IPv4"], ["[::]", "0.0.0.0"], "LAST,SRV,AAAA,A,CNAME"),
    ],
)
def test_kong_listens_on_and_asks_for_the_families_it_is_given(
    families: list[JsonValue], addresses: list[str], records: str | None
) -> None:
    found = values(network={"ipFamilies": families})
    assert found["KONG_PROXY_LISTEN"] == ", ".join(f"{each}:8000 {SOCKET}" for each in addresses)
    assert found["KONG_STATUS_LISTEN"] == ", ".join(f"{each}:8100 {SOCKET}" for each in addresses)
    assert found.get("KONG_DNS_ORDER") == records


def test_a_policy_of_both_families_is_enough() -> None:
    assert "[::]:8000" in values(network={"ipFamilyPolicy": "PreferDualStack"})["KONG_PROXY_LISTEN"]
    assert "[::]" not in values(network={"ipFamilyPolicy": "SingleStack"})["KONG_PROXY_LISTEN"]


def test_the_client_is_who_connects_unless_proxies_are_trusted() -> None:
    assert not {"KONG_TRUSTED_IPS", "KONG_REAL_IP_HEADER"} & values("dev").keys()
    found = values("dev", network=TRUSTED)
    assert found["KONG_TRUSTED_IPS"] == "10.0.0.0/8,fd00::/8"
    assert (found["KONG_REAL_IP_HEADER"], found["KONG_REAL_IP_RECURSIVE"]) == ("X-Forwarded-For", "on")


def test_a_load_balancer_may_tell_the_client_by_the_proxy_protocol() -> None:
    found = values(proxyService=BALANCED | {"proxyProtocol": True}, network=TRUSTED)
    assert found["KONG_PROXY_LISTEN"].count("proxy_protocol") == 2
    assert found["KONG_REAL_IP_HEADER"] == "proxy_protocol"
    assert "proxy_protocol" not in found["KONG_STATUS_LISTEN"]


@pytest.mark.parametrize(
    ("sections", "https"),
    [({}, "$http_x_forwarded_proto"), ({"proxyService": BALANCED}, "$scheme")],
    ids=["ingress", "kong"],
)
def test_browsers_are_told_to_stay_with_https_wherever_it_ends(sections: dict[str, JsonValue], https: str) -> None:
    found = values("prod", **sections)
    assert found["KONG_NGINX_HTTP_MAP"] == (
        f'{https} $strict_transport_security {{ https "max-age=31536000; includeSubDomains"; }} '
        "proxy_hide_header Strict-Transport-Security"
    )
    assert found["KONG_NGINX_PROXY_ADD_HEADER"] == "Strict-Transport-Security $strict_transport_security always"
    assert found["KONG_NGINX_PROXY_GRPC_HIDE_HEADER"] == "Strict-Transport-Security"


@pytest.mark.parametrize(
    ("hsts", "header"),
    [
        ({"maxAge": 300, "includeSubdomains": False}, "max-age=300"),
        ({"preload": True}, "max-age=31536000; includeSubDomains; preload"),
        ({"maxAge": 0}, "max-age=0; includeSubDomains"),
    ],
)
def test_how_long_and_for_whom_is_a_setting(hsts: JsonValue, header: str) -> None:
    assert f'"{header}"' in values(ingress=with_tls(hsts=hsts))["KONG_NGINX_HTTP_MAP"]


def test_without_tls_or_when_not_wanted_browsers_are_told_nothing() -> None:
    for found in (values("dev"), values(ingress=with_tls(hsts=None))):
        assert not {name for name in found if name.startswith(("KONG_NGINX_HTTP_MAP", "KONG_NGINX_PROXY"))}
