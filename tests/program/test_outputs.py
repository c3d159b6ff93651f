"""The stack's output: the contract that other stacks read."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.outputs import CONTRACT_VERSION, GatewayOutputs, gateway_outputs
from tests.program.stacks import authenticated_by, section, stack_settings


def outputs(stack: str, **sections: Any) -> dict[str, Any]:
    return dict(gateway_outputs(stack_settings(stack, **sections)).document())


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
        "context": "omnify-prod",
        "namespace": "omnify-gateway",
        "urls": {"gateway": "https://kong.omnify.local", "manager": "https://kong-admin.omnify.local"},
        "services": {
            "proxy": "kong-proxy", "admin": "kong-admin", "manager": "kong-manager", "metrics": "kong-metrics",
        },
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
                "name": "free", "consumer": "free-tier", "group": "pro", "fairness": "subject",
                "limits": {"minute": 2_000, "hour": 120_000, "day": 2_880_000},
            },
            {
                "name": "gold", "consumer": "acme", "group": "gold", "fairness": "tier",
                "limits": {"minute": 1_000, "hour": 60_000, "day": 1_440_000},
            },
        ],
        "auth": {
            "kind": "jwt", "issuer": "https://auth.omnify.example/realms/omnify",
            "audience": "omnify-api", "tierClaim": "tier",
        },
        "corsOrigins": ["https://app.omnify.example"],
        "correlationHeader": "X-Correlation-ID",
        "metrics": True,
        "versions": {"image": "kong:3.9.1", "edition": "oss", "mode": "database"},
    }  # fmt: skip


def test_without_tls_addresses_are_plain_http() -> None:
    assert outputs("dev")["urls"] == {
        "gateway": "http://kong.omnify.local",
        "manager": "http://kong-admin.omnify.local",
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


def test_a_reader_refuses_another_contract() -> None:
    with pytest.raises(ValidationError):
        GatewayOutputs.model_validate(outputs("dev") | {"contract": "2"})
    with pytest.raises(ValidationError):
        GatewayOutputs.model_validate(outputs("dev") | {"more": 1})
