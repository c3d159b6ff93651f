"""The stack's output: the contract that other stacks read."""

from pathlib import Path
from typing import Any

from components.exports import gateway_outputs
from components.outputs import CONTRACT_VERSION
from config.keys import signing_keys
from config.version import VERSION
from entities.state import Owner
from tests.program.stacks import authenticated_by, section, stack_settings

OWNER = Owner("omnify-gateway", "prod")


def outputs(stack: str, **sections: Any) -> dict[str, Any]:
    return dict(gateway_outputs(stack_settings(stack, **sections), OWNER).document())


def test_the_whole_contract_of_a_stack() -> None:
    api = {
        "name": "omnify-api",
        "routes": [
            {"name": "eyes", "paths": ["/eyes/"], "methods": ["GET"], "access": {"groups": ["pro"]}, "maxBody": 3},
            {"name": "docs", "paths": ["/a", "/b"], "methods": ["GET", "HEAD"], "access": {"public": "For everybody."}},
        ],
    }
    tiers = [{"name": "free", "group": "pro", "times": 2}, {"name": "gold", "consumer": "acme", "fairness": "tier"}]

    found = outputs("prod", apis=[api], tiers=tiers)

    assert found == {
        "contract": CONTRACT_VERSION,
        "owner": {"project": "omnify-gateway", "stack": "prod"},
        "context": "omnify-prod",
        "namespace": "omnify-gateway",
        "urls": {
            "gateway": "https://kong.omnify.local", "manager": "https://kong-admin.omnify.local", "management": None,
        },
        "adminAddress": "kubernetes://omnify-prod/omnify-gateway/kong-admin:8001",
        "services": {
            "proxy": "kong-proxy", "admin": "kong-admin", "manager": "kong-manager", "metrics": "kong-metrics",
        },
        "podLabels": {"app.kubernetes.io/name": "kong", "app.kubernetes.io/component": "gateway"},
        "routes": [
            {
                "name": "eyes", "api": "omnify-api", "paths": ["/eyes/"], "methods": ["GET"],
                "groups": ["pro"], "public": False, "maxBodyMegabytes": 3,
            },
            {
                "name": "docs", "api": "omnify-api", "paths": ["/a", "/b"], "methods": ["GET", "HEAD"],
                "groups": [], "public": True, "maxBodyMegabytes": 10,
            },
        ],
        "tiers": [
            {
                "name": "free", "consumer": "free-tier", "consumerId": OWNER.id("consumers", "free"),
                "group": "pro", "fairness": "subject",
                "limits": {"minute": 2_000, "hour": 120_000, "day": 2_880_000},
            },
            {
                "name": "gold", "consumer": "acme", "consumerId": OWNER.id("consumers", "gold"),
                "group": "gold", "fairness": "tier",
                "limits": {"minute": 1_000, "hour": 60_000, "day": 1_440_000},
            },
        ],
        "auth": {
            "kind": "jwt", "issuer": "https://auth.omnify.example/realms/omnify",
            "audience": "omnify-api", "tierClaim": "tier",
            "rotation": "simple", "keys": signing_keys(Path("keys/prod.jwks.json").read_text()),
        },
        "counters": {
            "policy": "redis",
            "redis": {
                "host": "redis.omnify-data.svc.cluster.local", "port": 6379, "database": 0, "username": None,
                "timeout": 2000, "ssl": True, "ssl_verify": True,
                "server_name": "redis.omnify-data.svc.cluster.local",
            },
            "authenticated": True,
        },
        "corsOrigins": ["https://app.omnify.example"],
        "correlationHeader": "X-Correlation-ID",
        "metrics": True,
        "versions": {
            "package": VERSION, "image": stack_settings("prod").platform.image, "edition": "oss", "mode": "database",
        },
        "tls": {
            "endsAt": "ingress", "redirectedBy": "ingress",
            "strictTransportSecurity": "max-age=31536000; includeSubDomains",
        },
    }  # fmt: skip


def test_without_tls_addresses_are_plain_http() -> None:
    assert outputs("dev")["urls"] == {
        "gateway": "http://kong.omnify.local",
        "manager": "http://kong-admin.omnify.local",
        "management": None,
    }


def test_what_is_off_says_so() -> None:
    found = outputs("dev", cors=None, observability={"prometheus": None})

    assert (found["corsOrigins"], found["metrics"]) == ([], False)


def test_it_says_where_and_what_runs() -> None:
    cluster = section("dev", "cluster", namespace="elsewhere", context="there")
    found = outputs("dev", mode="dbless", cluster=cluster)
    enterprise = outputs("dev", **authenticated_by("openid-connect", "dev"))

    assert (found["context"], found["namespace"], found["versions"]["mode"]) == ("there", "elsewhere", "dbless")
    assert (enterprise["auth"]["kind"], enterprise["versions"]["edition"]) == ("openid-connect", "enterprise")


def test_counters_outside_redis_need_nothing_more() -> None:
    assert outputs("dev")["counters"] == {"policy": "local", "redis": {}, "authenticated": False}


def test_each_key_that_verifies_tokens_is_there_by_its_kid() -> None:
    keys = {name: signing_keys(Path(f"keys/{name}.jwks.json").read_text()) for name in ("dev", "prod")}
    seamless = section("dev", "auth", rotation="seamless")

    assert outputs("dev", auth=seamless)["auth"]["keys"] == keys["dev"]
    assert outputs("dev", auth=seamless)["auth"]["rotation"] == "seamless"
    assert outputs("dev", **authenticated_by("openid-connect", "dev"))["auth"]["keys"] == {}
