"""What a gateway holds is read at once, and what is no gateway is not taken for an empty one."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, cast

import pytest

from gateway.live import read_snapshot
from provider.admin import AdminApi, AdminError
from provider.resources import TYPES, type_of_kind


class Pages:
    """An Admin API that answers when so many collections are asked for; of what is not there it has no page."""

    def __init__(self, pages: Mapping[str, list[list[dict[str, Any]]]], at_once: int = 1) -> None:
        self._pages = pages
        self._barrier = asyncio.Barrier(at_once)
        self.asked: list[str] = []

    async def pages(self, path: str) -> AsyncIterator[list[dict[str, Any]]]:
        self.asked.append(path)
        if "targets" not in path:
            await self._barrier.wait()
        for page in self._pages.get(path, []):
            yield page


EMPTY: dict[str, list[list[dict[str, Any]]]] = {f"/{kind.collection}": [[]] for kind in TYPES if kind.kind != "targets"}


def api(pages: Pages) -> AdminApi:
    return cast("AdminApi", pages)


async def test_all_collections_are_asked_for_at_the_same_time() -> None:
    pages = Pages(EMPTY, at_once=11)

    async with asyncio.timeout(30):
        snapshot = await read_snapshot(api(pages))

    assert len(snapshot) == 0
    assert sorted(pages.asked) == sorted(EMPTY)


async def test_every_page_counts_and_targets_are_asked_for_by_upstream() -> None:
    pages = Pages(
        EMPTY
        | {
            "/services": [[{"id": "1"}, {"id": "2"}], [{"id": "3"}]],
            "/upstreams": [[{"id": "u"}, {"id": "v"}]],
            "/upstreams/u/targets": [[{"id": "t1"}], [{"id": "t2"}]],
            "/upstreams/v/targets": [[{"id": "t3"}]],
        }
    )

    snapshot = await read_snapshot(api(pages))

    assert [document["id"] for document in snapshot.of("services")] == ["1", "2", "3"]
    assert [document["id"] for document in snapshot.of("targets")] == ["t1", "t2", "t3"]


async def test_only_the_kinds_that_are_asked_for_are_there() -> None:
    pages = Pages(EMPTY | {"/upstreams": [[{"id": "u"}]], "/upstreams/u/targets": [[{"id": "t"}]]})

    targets = await read_snapshot(api(pages), [type_of_kind("targets")])

    assert dict(targets.documents) == {"targets": ({"id": "t"},)}
    assert pages.asked == ["/upstreams", "/upstreams/u/targets"]


async def test_a_plugin_that_kong_does_not_run_has_no_credentials() -> None:
    without = {path: page for path, page in EMPTY.items() if path not in {"/jwts", "/acls"}}

    assert (await read_snapshot(api(Pages(without)))).of("acls") == ()


@pytest.mark.parametrize("missing", ["/services", "/routes", "/plugins", "/consumers", "/upstreams", "/certificates"])
async def test_without_what_every_kong_has_it_is_none(missing: str) -> None:
    pages = Pages({path: page for path, page in EMPTY.items() if path != missing})

    with pytest.raises(AdminError, match="so it is not Kong's Admin API"):
        await read_snapshot(api(pages))
