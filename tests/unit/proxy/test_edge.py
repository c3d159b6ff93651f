"""The stand-in's edge, with the properties of kong.conf that a stack's pods have."""

from collections.abc import AsyncIterator, Mapping

import httpx
import pytest
from pydantic import JsonValue

from components.platform.kong_conf import gateway_environment
from sandbox.kong.proxy import Proxy
from sandbox.kong.proxy.edge import PROPERTIES, Edge, UnknownDirectiveError
from tests.program.stacks import section, stack_settings
from tests.unit.proxy.harness import Gateway, MemoryStore, reference

INGRESS = "10.0.0.7"
CLIENT = "203.0.113.9"
HSTS = "Strict-Transport-Security"


def properties(**sections: JsonValue) -> Mapping[str, str]:
    """What the pods of prod are told, with the Ingress controller trusted."""
    trusting: JsonValue = {"trustedProxies": ["10.0.0.0/8"]}
    found = gateway_environment(stack_settings("prod", network=trusting, **sections)).values
    named = {name.removeprefix("KONG_").lower(): value for name, value in found.items()}
    return {name: value for name, value in named.items() if name in PROPERTIES}


@pytest.fixture
async def edge(gateway: Gateway) -> AsyncIterator["At"]:
    at = At(gateway)
    yield at
    await at.close()


class At:
    """The gateway of a test, asked from some address under some properties."""

    def __init__(self, gateway: Gateway) -> None:
        self.store: MemoryStore = gateway.store
        self.service = gateway.service
        self.gateway = gateway
        self._proxies: list[Proxy] = []

    async def ask(
        self, path: str = "/", *, sender: str = INGRESS, under: Mapping[str, str] | None = None, **headers: str
    ) -> httpx.Response:
        proxy = Proxy(self.store, properties=properties() if under is None else under)
        self._proxies.append(proxy)
        transport = httpx.ASGITransport(app=proxy.application, client=(sender, 40_000))
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with httpx.AsyncClient(transport=transport, base_url="http://kong.omnify.local") as client:
            return await client.get(path, headers=named)

    async def close(self) -> None:
        for proxy in self._proxies:
            await proxy.close()


def sent(answer: httpx.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.json()["headers"]}


@pytest.fixture
def by_https_alone(edge: At) -> None:
    fields = {"protocols": ["https"], "https_redirect_status_code": 308}
    edge.store.add("routes", name="tls", paths=["/tls"], service=reference(edge.service), **fields)


@pytest.mark.usefixtures("by_https_alone")
async def test_plain_http_is_sent_on_with_its_path_and_query(edge: At) -> None:
    answer = await edge.ask("/tls/a?b=1", X_Forwarded_Proto="http")
    assert (answer.status_code, answer.headers["Location"]) == (308, "https://kong.omnify.local/tls/a?b=1")


@pytest.mark.usefixtures("by_https_alone")
async def test_what_a_trusted_ingress_got_by_https_passes(edge: At) -> None:
    assert (await edge.ask("/tls", X_Forwarded_Proto="https")).status_code == 200


@pytest.mark.usefixtures("by_https_alone")
async def test_a_stranger_that_claims_https_is_sent_on(edge: At) -> None:
    assert (await edge.ask("/tls", sender=CLIENT, X_Forwarded_Proto="https")).status_code == 308


@pytest.mark.parametrize(("path", "status"), [("/", 200), ("/nowhere", 404), ("/closed", 403)])
async def test_answers_of_backend_kong_and_plugins_tell_browsers_to_stay_with_https(
    edge: At, path: str, status: int
) -> None:
    edge.store.remove("routes", edge.gateway.route)
    edge.store.add("routes", name="open", paths=["~/$"], service=reference(edge.service))
    closed = edge.store.add("routes", name="closed", paths=["/closed"], service=reference(edge.service))
    edge.gateway.plugin("request-termination", {"status_code": 403}, route=reference(closed))
    answer = await edge.ask(path, X_Forwarded_Proto="https")
    assert (answer.status_code, answer.headers[HSTS]) == (status, "max-age=31536000; includeSubDomains")


async def test_plain_http_tells_browsers_nothing(edge: At) -> None:
    assert HSTS not in (await edge.ask(X_Forwarded_Proto="http")).headers
    assert HSTS not in (await edge.ask()).headers


async def test_the_backends_own_word_does_not_stand_beside_the_gateways(edge: At) -> None:
    edge.gateway.plugin("response-transformer", {"add": {"headers": [f"{HSTS}:max-age=1"]}})
    answer = await edge.ask(X_Forwarded_Proto="https")
    assert answer.headers.get_list(HSTS) == ["max-age=31536000; includeSubDomains"]


async def test_backends_learn_the_client_and_how_it_came(edge: At) -> None:
    headers = sent(await edge.ask(X_Forwarded_For=CLIENT, X_Forwarded_Proto="https", X_Forwarded_Port="443"))
    assert (headers["x-real-ip"], headers["x-forwarded-for"]) == (CLIENT, f"{CLIENT}, {INGRESS}")
    assert (headers["x-forwarded-proto"], headers["x-forwarded-port"]) == ("https", "443")


@pytest.mark.parametrize(
    ("sender", "told", "client"),
    [
        (INGRESS, CLIENT, CLIENT),
        (INGRESS, f"198.51.100.1, {CLIENT}", CLIENT),
        (INGRESS, f"198.51.100.1, {CLIENT}, 10.9.9.9", CLIENT),
        (INGRESS, f"{CLIENT}, nonsense", INGRESS),
        (CLIENT, "198.51.100.1", CLIENT),
    ],
    ids=["told", "forged before", "two proxies", "nonsense", "from a stranger"],
)
async def test_the_client_is_the_last_address_that_no_trusted_proxy_has(
    edge: At, sender: str, told: str, client: str
) -> None:
    assert sent(await edge.ask(sender=sender, X_Forwarded_For=told))["x-real-ip"] == client


async def test_a_restriction_by_address_sees_the_client_and_no_forged_one(edge: At) -> None:
    edge.gateway.plugin("ip-restriction", {"deny": [f"{CLIENT}/32"]})
    assert (await edge.ask(X_Forwarded_For="198.51.100.1")).status_code == 200
    assert (await edge.ask(X_Forwarded_For=CLIENT)).status_code == 403
    assert (await edge.ask(X_Forwarded_For=f"198.51.100.1, {CLIENT}")).status_code == 403
    assert (await edge.ask(sender=CLIENT, X_Forwarded_For="198.51.100.1")).status_code == 403


async def test_a_limit_by_address_counts_the_client_whatever_it_forges(edge: At) -> None:
    edge.gateway.plugin("rate-limiting", {"minute": 1, "limit_by": "ip", "policy": "local"})
    proxy = Proxy(edge.store, properties=properties())
    transport = httpx.ASGITransport(app=proxy.application, client=(INGRESS, 40_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://kong.omnify.local") as client:

        async def ask(told: str) -> int:
            return (await client.get("/", headers={"X-Forwarded-For": told})).status_code

        found = [await ask(f"1.1.1.{forged}, {CLIENT}") for forged in range(2)]
        assert found == [200, 429]
        assert await ask("198.51.100.1") == 200
    await proxy.close()


async def test_without_properties_nobody_is_believed(edge: At) -> None:
    answer = await edge.ask(under={}, X_Forwarded_For=CLIENT, X_Forwarded_Proto="https")
    assert (sent(answer)["x-real-ip"], sent(answer)["x-forwarded-proto"]) == (INGRESS, "http")
    assert HSTS not in answer.headers


async def test_where_tls_ends_in_kong_it_is_the_connection_that_counts(edge: At) -> None:
    under = properties(proxyService={"type": "LoadBalancer"}, ingress=section("prod", "ingress"))
    assert HSTS not in (await edge.ask(under=under, X_Forwarded_Proto="https")).headers


def test_what_the_stand_in_does_not_understand_is_refused() -> None:
    with pytest.raises(UnknownDirectiveError, match="max-age"):
        Edge({"nginx_proxy_add_header": 'Strict-Transport-Security "max-age=1" always'})
