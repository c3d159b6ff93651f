"""What a gateway does not take from another stack, told before anything is written."""

from typing import Any

import pulumi
import pulumi_kong
import pytest

from components.outputs import GatewayOutputs
from gateway.recording import Recording, recorded
from omnify_gateway import Access, Api, GatewayApis, Limits, Route
from tests.consumer.gateways import outputs
from tests.program.stacks import authenticated_by

READ = Route(name="read", paths=("/reports/",), methods=("GET",), access=Access(groups=("free",)))


def route(**fields: Any) -> Route:
    return READ.model_copy(update=fields)


async def registered(
    *routes: Route,
    gateway: GatewayOutputs | None = None,
    name: str = "reports",
    backends: dict[str, str] | None = None,
    **limits: Limits,
) -> Recording:
    """What is registered of an API."""

    def program() -> None:
        GatewayApis(
            "apis",
            gateway=gateway or outputs(),
            apis=[Api(name=name, routes=routes or (READ,))],
            backends=backends or {name: "http://reports.reports.svc:8080"},
            provider=pulumi_kong.Provider("kong", kong_admin_uri="http://127.0.0.1:8001"),
            limits=limits,
        )

    return await recorded(program, "dev", project="reports")


async def refusal(*routes: Route, **rest: Any) -> str:
    with pytest.raises(pulumi.RunError) as refused:
        await registered(*routes, **rest)
    return str(refused.value)


async def test_what_is_right_is_registered() -> None:
    assert any(each.name == "reports" for each in (await registered()).registrations)


async def test_a_gateway_without_a_database() -> None:
    assert await refusal(gateway=outputs(mode="dbless")) == (
        "GatewayApis 'apis': the gateway of omnify-gateway/dev has no database (mode 'dbless'), so that it takes no "
        "routes from elsewhere; write the API into its own stack file"
    )


async def test_a_gateway_whose_plugin_knows_no_tiers() -> None:
    gateway = outputs(**authenticated_by("oidc", "dev"))

    assert "judges tokens by a plugin that knows no tiers (auth kind 'oidc')" in await refusal(gateway=gateway)


@pytest.mark.parametrize(
    ("routes", "rest", "said"),
    [
        (
            [route(access=Access(groups=("free", "gold")))],
            {},
            "apis[0].routes[0].access.groups[1]: no tier has the group 'gold'; "
            "write one of enterprise, free, pro, or add a tier with it",
        ),
        (
            [],
            {"name": "omnify-api"},
            "apis[0].name: 'omnify-api' is a service of the gateway's own; write another name",
        ),
        (
            [route(name="omnify-eyes")],
            {},
            "apis[0].routes[0].name: 'omnify-eyes' is a route of the gateway's own; write another name",
        ),
        (
            [route(paths=("/reports/", "/api/eyes/"), methods=("GET", "POST"))],
            {},
            "apis[0].routes[0].paths[1]: '/api/eyes/' belongs to the gateway's own route 'omnify-eyes'; "
            "write another path, or other methods",
        ),
        (
            [READ, READ],
            {},
            "apis[0].routes[1].name: the name 'read' is taken by apis[0].routes[0].name; write another",
        ),
        (
            [],
            {"backends": {"other": "http://a"}},
            "backends.other: no API has this name; write one of reports, or remove",
        ),
        (
            [],
            {"gold": Limits(minute=1, hour=1, day=1)},
            "limits.gold: the gateway has no such tier; its tiers are: free, pro, enterprise",
        ),
    ],
    ids=["group", "service", "route", "path", "own names", "backend", "limit"],
)
async def test_what_is_wrong_is_named_with_what_to_write(routes: list[Route], rest: dict[str, Any], said: str) -> None:
    told = await refusal(*routes, **rest)

    assert told.startswith("GatewayApis 'apis' is refused:\n  ")
    assert f"  {said}" in told


async def test_another_method_of_a_path_or_a_longer_path_is_nobodys() -> None:
    await registered(route(paths=("/health",), methods=("DELETE",)), route(name="more", paths=("/api/eyes/more/",)))


async def test_everything_that_is_wrong_is_told_at_once() -> None:
    told = await refusal(route(name="omnify-eyes", access=Access(groups=("gold",))), name="omnify-api")

    assert len(told.splitlines()) == 4
