"""A gateway as it grows by hand over the years: some of everything, made over the Admin API."""

from typing import Any

import httpx

from tests.contract.admin.certificates import self_signed

SECRETS = {
    "a-example-tls-key": self_signed("a.example").key,
    "partner-api-key": "kept-by-the-partner",
    "partner-basic-auth-password": "known-to-the-partner",
    "partner-jwt-secret": "signs-the-partners-tokens",
    "partner-oauth2-client-secret": "of-the-partners-app",
    "partner-rate-limiting-redis-password": "opens-the-counters",
}
"""What is secret in it, by the names that an import gives."""


def grow(admin_url: str) -> None:
    """Make its entities."""
    with httpx.Client(base_url=admin_url) as admin:
        orders = _made(admin, "/services", name="orders", url="http://orders.shop.svc:8080/base", tags=["team-a"])
        _made(admin, "/routes", name="orders-v1", service=_to(orders), paths=["~/v1/\\d+"])
        _made(admin, "/routes", service=_to(orders), paths=["/without-a-name"], hosts=["a.example"])
        opened = _made(admin, "/services", name="open", url="http://open.shop.svc", retries=2, connect_timeout=5000)
        _made(
            admin, "/routes", name="open-all", service=_to(opened), paths=["/open/"], methods=["GET"], strip_path=False
        )
        partner = _made(admin, "/consumers", username="partner", custom_id="42")
        _made(admin, "/consumers/partner/acls", group="partners")
        _made(admin, "/consumers/partner/key-auth", key=SECRETS["partner-api-key"])
        _made(admin, "/consumers/partner/basic-auth", username="p", password=SECRETS["partner-basic-auth-password"])
        _made(admin, "/consumers/partner/jwt", key="issuer", secret=SECRETS["partner-jwt-secret"])
        _made(
            admin,
            "/consumers/partner/oauth2",
            name="app",
            client_id="app",
            client_secret=SECRETS["partner-oauth2-client-secret"],
            redirect_uris=["https://a.example/back"],
        )
        _made(admin, "/certificates", snis=["a.example"], **self_signed("a.example")._asdict())
        _made(admin, "/upstreams", name="orders.shop.svc", algorithm="least-connections")
        _made(admin, "/upstreams/orders.shop.svc/targets", target="10.0.0.1:8080", weight=10)
        _made(admin, "/plugins", name="prometheus", config={"per_consumer": True, "latency_metrics": True})
        _made(admin, "/plugins", name="key-auth", service=_to(orders))
        redis = {"host": "redis.shop.svc", "password": SECRETS["partner-rate-limiting-redis-password"]}
        limit = {"minute": 5, "policy": "redis", "redis": redis}
        _made(admin, "/plugins", name="rate-limiting", consumer=_to(partner), config=limit)


def _to(document: dict[str, Any]) -> dict[str, Any]:
    return {"id": document["id"]}


def _made(admin: httpx.Client, path: str, **fields: Any) -> dict[str, Any]:
    answer = admin.post(path, json=fields)
    assert answer.status_code == 201, answer.text
    return answer.json()
