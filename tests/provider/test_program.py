"""Changes of a stack file, as people make them: each is applied by one update, with no error and no orphan."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.provider.gateway import TestGateway
from tests.provider.program import Document, Stack, desired, live
from tests.provider.stack_file import ALL, CREDENTIALS, changed_stack_file, stack_file


def _rename_a_route(document: Document) -> None:
    document["apis"][0]["routes"][0]["name"] = "shop-purchases"


def _rename_an_api(document: Document) -> None:
    document["apis"][0]["name"] = "store"
    document["backends"]["store"] = document["backends"].pop("shop")
    document["plugins"][0]["on"] = {"service": "store"}


def _move_a_route(document: Document) -> None:
    document["apis"][0]["routes"].append(document["apis"][1]["routes"].pop())


def _two_routes_swap_their_paths(document: Document) -> None:
    one, other = document["apis"][0]["routes"]
    one["paths"], other["paths"] = other["paths"], one["paths"]


def _rename_a_consumer(document: Document) -> None:
    document["tiers"][0]["consumer"] = "everybody"


def _two_consumers_swap_their_names(document: Document) -> None:
    one, other, _ = document["tiers"]
    one["consumer"], other["consumer"] = other["consumer"], one["consumer"]


def _rename_a_tier(document: Document) -> None:
    document["tiers"][2]["name"] = "business"
    document["tiers"][2]["group"] = "enterprise"


def _rename_a_tier_that_keeps_its_consumer(document: Document) -> None:
    document["tiers"][0]["name"] = "basic"
    document["plugins"][2]["on"] = {"tier": "basic"}


def _rename_a_tier_and_its_group_but_not_its_consumer(document: Document) -> None:
    _rename_a_tier_that_keeps_its_consumer(document)
    document["tiers"][0]["group"] = "basic"
    for api in document["apis"]:
        for route in api["routes"]:
            if "free" in (groups := route["access"].get("groups", [])):
                route["access"] = {"groups": ["basic", *groups[1:]]}


def _a_credential_goes_to_another_consumer(document: Document) -> None:
    """The tier's name, which is the credential's key, is now that of the other consumer."""
    one, other, _ = document["tiers"]
    one["name"], other["name"] = other["name"], one["name"]


def _a_tier_goes(document: Document) -> None:
    del document["tiers"][0], document["plugins"][2]
    for api in document["apis"]:
        for route in api["routes"]:
            if groups := route["access"].get("groups"):
                route["access"] = {"groups": [group for group in groups if group != "free"]}


def _plugins_move_to_other_scopes(document: Document) -> None:
    scopes = [plugin.get("on") for plugin in document["plugins"]]
    document["plugins"][0]["on"] = {"route": "shop-carts"}
    document["plugins"][1]["on"] = {"route": "blog-drafts", "tier": "pro"}
    document["plugins"][2]["on"] = {"tier": "pro"}
    document["plugins"][3]["on"] = {"service": "blog"}
    assert all(scopes[:3])


def _lists_are_cleared(document: Document) -> None:
    document["plugins"][0]["config"] = {"deny": [], "allow": ["10.0.0.0/8"]}
    document["plugins"][3]["config"] = {"add": {"headers": []}}


def _further_plugins_go(document: Document) -> None:
    document["plugins"] = []


def _everything_goes_from_a_route_to_the_service(document: Document) -> None:
    """With no public route left, an API is guarded on its service, no longer on each route."""
    document["apis"][1]["routes"][0]["access"] = ALL


def _a_raw_consumer_changes_its_name(document: Document) -> None:
    """It is known by its `custom_id`, and keeps all that it has."""
    _raw_references(document, "consumer", "partner", "associate")
    document["entities"]["consumers"][0]["username"] = "associate"


def _raw_credentials_go_to_another_consumer(document: Document) -> None:
    for kind in CREDENTIALS:
        document["entities"][kind][0]["consumer"] = "other"


def _raw_credentials_go_to_another_consumer_as_theirs_goes(document: Document) -> None:
    _raw_references(document, "consumer", "partner", "other")
    del document["entities"]["consumers"][0]


def _raw_credentials_go_to_a_tier(document: Document) -> None:
    for kind in CREDENTIALS:
        document["entities"][kind][0]["consumer"] = "pro-customers"


def _a_raw_upstream_changes_its_name(document: Document) -> None:
    _raw_references(document, "upstream", "orders", "orders-v2")
    document["entities"]["upstreams"][0]["name"] = "orders-v2"


def _raw_targets_move_to_another_upstream(document: Document) -> None:
    _raw_references(document, "upstream", "orders", "spare")


def _a_raw_service_changes_its_name(document: Document) -> None:
    _raw_references(document, "service", "old", "older")
    document["entities"]["services"][0]["name"] = "older"


def _a_raw_route_moves_and_loses_its_lists(document: Document) -> None:
    document["entities"]["routes"][0] |= {"service": "blog", "hosts": [], "methods": None, "headers": None}


def _a_raw_route_changes_its_name_and_its_plugin_keeps_its_own(document: Document) -> None:
    _raw_references(document, "route", "old-v1", "old-v2")
    document["entities"]["routes"][0]["name"] = "old-v2"


def _raw_plugins_move_to_other_scopes(document: Document) -> None:
    """One of them has a name of its own, which only one plugin may have."""
    keys, headers = document["entities"]["plugins"]
    keys["service"] = keys.pop("route") and "old"
    headers["consumer"] = "free-customers"


def _raw_lists_are_cleared(document: Document) -> None:
    raw = document["entities"]
    raw["certificates"][0]["snis"] = ["a.example"]
    raw["oauth2_credentials"][0]["redirect_uris"] = ["https://b.example/"]
    raw["plugins"][1]["config"] = {"remove": {"headers": []}}
    raw["routes"][0] |= {"hosts": None, "headers": {}}


def _a_host_name_goes_to_another_certificate(document: Document) -> None:
    one, other = document["entities"]["certificates"]
    one["snis"], other["snis"] = ["a.example"], ["b.example", "z.example"]


def _certificates_swap_their_names(document: Document) -> None:
    one, other = document["entities"]["certificates"]
    one["snis"], other["snis"] = other["snis"], one["snis"]


def _raw_entities_go(document: Document) -> None:
    document["entities"] = {}


def _raw_references(document: Document, field: str, before: str, after: str) -> None:
    for entities in document["entities"].values():
        for entity in entities:
            if entity.get(field) == before:
                entity[field] = after


TAKING_OVER: list[Callable[[Document], None]] = [
    _rename_a_tier_that_keeps_its_consumer,
    _rename_a_tier_and_its_group_but_not_its_consumer,
    _a_raw_consumer_changes_its_name,
]
"""Changes through which a new resource stands for an entity that another one stood for."""

CHANGES: list[Callable[[Document], None]] = [
    *TAKING_OVER,
    _rename_a_route,
    _rename_an_api,
    _move_a_route,
    _two_routes_swap_their_paths,
    _rename_a_consumer,
    _two_consumers_swap_their_names,
    _rename_a_tier,
    _a_credential_goes_to_another_consumer,
    _a_tier_goes,
    _plugins_move_to_other_scopes,
    _lists_are_cleared,
    _further_plugins_go,
    _everything_goes_from_a_route_to_the_service,
    _raw_credentials_go_to_another_consumer,
    _raw_credentials_go_to_another_consumer_as_theirs_goes,
    _raw_credentials_go_to_a_tier,
    _a_raw_upstream_changes_its_name,
    _raw_targets_move_to_another_upstream,
    _a_raw_service_changes_its_name,
    _a_raw_route_moves_and_loses_its_lists,
    _a_raw_route_changes_its_name_and_its_plugin_keeps_its_own,
    _raw_plugins_move_to_other_scopes,
    _raw_lists_are_cleared,
    _a_host_name_goes_to_another_certificate,
    _certificates_swap_their_names,
    _raw_entities_go,
]


@pytest.fixture
def stack(kong: TestGateway) -> Stack:
    return Stack(kong)


def named(change: Callable[[Document], None]) -> str:
    return change.__name__.strip("_").replace("_", " ")


async def is_clean(stack: Stack, document: Document) -> None:
    """Kong holds what the stack file says and nothing else, and previews say so."""
    assert await live(stack.kong) == desired(document)
    assert (await stack.preview(document)).keys() == {"same"}
    assert (await stack.preview(document, refresh=True)).keys() == {"same"}


async def test_a_stack_is_applied_changes_nothing_after_and_leaves_nothing(stack: Stack, kong: TestGateway) -> None:
    document = stack_file()

    planned, untouched = await stack.preview(document), kong.requests.total() == 0
    applied = await stack.up(document)

    assert planned == applied == {"create": len(desired(document))}
    assert untouched
    await is_clean(stack, document)
    kong.requests.clear()
    assert (await stack.up(document)).keys() == {"same"}
    assert not kong.requests
    await stack.destroy()
    assert await live(kong) == []


async def test_a_preview_says_what_an_update_does_from_where_nothing_can_be_reached(stack: Stack) -> None:
    await stack.up(stack_file())
    elsewhere = Stack(stack.kong, state=stack.state, address="kubernetes://nowhere/kong/kong-admin:8001")

    planned = await elsewhere.preview(changed_stack_file())

    assert planned == await stack.up(changed_stack_file())
    assert {"create", "update", "delete", "same"} == planned.keys()


@pytest.mark.parametrize("change", CHANGES, ids=named)
async def test_one_update_applies_a_change_and_one_takes_it_back(stack: Stack, change: Callable[[Any], None]) -> None:
    document = stack_file()
    await stack.up(document)
    change(document)

    await stack.up(document)

    assert await live(stack.kong) == desired(document)
    assert (await stack.preview(document, refresh=True)).keys() == {"same"}
    await stack.up(stack_file())
    assert await live(stack.kong) == desired(stack_file())
