"""A backend with the management API in it: one lifespan, and a health that tells the gateway's."""

from pathlib import Path

import httpx
import pytest

from examples.backend.application import backend
from provider.settings import OVERRIDE
from tests.page.site import filled
from tests.standin import RunningStandin, running_standin
from tests.unit.management.engines import ScriptedEngine
from tests.unit.management.hosts import NOWHERE, Place
from tests.unit.proxy.harness import serving


def ask(place: Place, path: str, *roles: str) -> httpx.Response:
    """What the backend answers, started for this one question."""
    app = backend(place.management_settings(), lambda _: ScriptedEngine())
    headers = {"Authorization": f"Bearer {place.realm.token(*roles)}"} if roles else {}
    with serving(app) as url:
        return httpx.get(f"{url}{path}", headers=headers, timeout=60)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_its_health_tells_what_is_wrong_with_the_gateway(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OVERRIDE, NOWHERE)
    answer = ask(place, "/health")
    assert answer.status_code == 503
    assert answer.json()["backend"] == "ok"
    assert not answer.json()["gateway"]["healthy"]
    assert answer.json()["gateway"]["wrong"]


def test_its_health_is_good_when_the_gateways_is(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_standin() as kong:
        _use(kong, place, monkeypatch)
        answer = ask(place, "/health")
    assert (answer.status_code, answer.json()) == (200, {"backend": "ok", "gateway": {"healthy": True, "wrong": []}})


def test_the_management_api_is_in_it_with_its_page_and_asks_for_tokens(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_standin() as kong:
        _use(kong, place, monkeypatch)
        assert ask(place, "/api/kong/overview", "gateway-viewer").json()["stack"] == "dev"
        assert ask(place, "/api/kong/overview").status_code == 401
        assert "omnify-gateway" in ask(place, "/api/kong/page/").text
        assert ask(place, "/api/orders").json() == []


def _use(kong: RunningStandin, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OVERRIDE, kong.admin_url)
    place.settings["status_urls"] = (kong.status_url,)
    filled(kong, place.file)
