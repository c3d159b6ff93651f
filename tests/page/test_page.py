"""The page in a real browser: what it shows, what it changes, for whom, and how it is used without a mouse or eyes."""

from collections.abc import Iterator
from typing import Any, cast

import httpx
import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe  # pyright: ignore[reportMissingTypeStubs] (it has none)
from playwright.sync_api import Browser, Page, expect

from management.page import FILES
from tests.page.browser import DESKTOP, PHONE, Scheme, chromium, tab
from tests.page.site import Site, running_site

pytestmark = [pytest.mark.xdist_group("page"), pytest.mark.timeout(600)]
VIEWS = {
    "overview": "The gateway is healthy",
    "way": "A request's way",
    "tiers": "Tiers",
    "drift": "The gateway is as declared",
    "operations": "Operations",
    "route": "New route",
    "limit/free": "The limit of free",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def shared_site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    del browser  # where there is none, nothing else is started
    with running_site(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture
def site(shared_site: Site) -> Iterator[Site]:
    """The site, its stack file as it was before."""
    before = shared_site.place.file.read_text()
    yield shared_site
    shared_site.place.file.write_text(before)
    shared_site.wait_until_healthy()
    shared_site.engine.failures.clear()
    shared_site.realm.roles, shared_site.realm.refusal, shared_site.realm.seconds = ("gateway-admin",), "", 300


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with tab(browser) as opened:
        yield opened


def enter(page: Page, site: Site, view: str = "overview") -> None:
    page.goto(f"{site.url}#/{view}")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1, name=VIEWS.get(view, ""))).to_be_visible()


def go(page: Page, view: str) -> None:
    page.evaluate("view => { location.hash = `#/${view}` }", view)
    expect(page.get_by_role("heading", level=1, name=VIEWS[view])).to_be_visible()


def problems(page: Page) -> list[str]:
    found = cast("Any", Axe()).run(page).response["violations"]
    return [f"{each['id']}: {each['help']}: {[node['html'][:120] for node in each['nodes']]}" for each in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_view_is_accessible_and_fits_at_each_size_in_each_scheme(
    size: tuple[int, int], scheme: Scheme, browser: Browser, site: Site
) -> None:
    with tab(browser, size=size, scheme=scheme) as page:
        page.goto(site.url)
        expect(page.get_by_role("button", name="Log in")).to_be_visible()
        assert problems(page) == []
        page.get_by_role("button", name="Log in").click()
        for view in VIEWS:
            go(page, view)
            assert problems(page) == [], view
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{view} is wider than the window"


def test_the_overview_says_what_one_wants_to_know_first(page: Page, site: Site) -> None:
    enter(page, site)
    tiers = page.get_by_role("table", name="Tiers")
    expect(tiers.get_by_role("row", name="free 60 25")).to_be_visible()
    expect(page.get_by_role("table", name="Busiest routes").get_by_role("rowheader").first).to_have_text(
        "omnify-api-all"
    )
    expect(page.get_by_text("stack dev")).to_be_visible()


def test_what_is_wrong_is_said_in_the_overview(page: Page, site: Site) -> None:
    site.place.file.write_text(site.place.file.read_text().replace("replicas: 1", "replicas: 0"))
    page.goto(site.url)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1, name="Something is wrong")).to_be_visible()
    expect(page.get_by_text("platform.replicas: must be at least 1").first).to_be_visible()


def test_the_way_of_a_request_is_shown_step_by_step(page: Page, site: Site) -> None:
    enter(page, site, "way")
    way = page.get_by_role("list").filter(has_text="GET /api/orders/1")
    expect(way.get_by_role("listitem").last).to_contain_text("it reaches the backend as free-tier")
    page.get_by_label("Path").fill("/api/agentkit/x")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("Kong answers 403")).to_be_visible()
    expect(page.get_by_text("which would fit as well")).to_contain_text("omnify-api-all")
    expect(page.get_by_role("status")).to_contain_text("group free may not pass")
    page.get_by_label("Token of").select_option("pro")
    expect(page.get_by_text("300 a minute, 15,000 an hour, 250,000 a day; for each user")).to_be_visible()


def test_a_tiers_limit_is_changed_after_a_preview_and_followed_as_it_is_applied(page: Page, site: Site) -> None:
    enter(page, site, "limit/free")
    page.get_by_label("a minute").fill("120")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="This would happen: 1 changed")).to_be_focused()
    expect(page.get_by_role("row", name="consumer/free-tier requests per minute 60 120")).to_be_visible()
    assert "tiers" not in site.place.file.read_text()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", level=1, name="Change consumers free")).to_be_focused()
    expect(page.get_by_text("succeeded", exact=True)).to_be_visible()
    expect(page.get_by_role("list", name="What is done")).to_contain_text("consumer/free/rate-limiting")
    said = yaml.safe_load(site.place.file.read_text())["config"]["omnify-gateway:tiers"][0]
    assert said["limits"] == {"minute": 120, "hour": 3_000, "day": 50_000}
    go(page, "operations")
    expect(page.get_by_role("link", name="Change consumers free").first).to_be_visible()


def test_a_running_operation_is_followed_live_and_told_to_those_who_do_not_see(page: Page, site: Site) -> None:
    gate = site.hold()
    enter(page, site, "tiers")
    page.get_by_role("link", name="Change the limit of pro").click()
    page.get_by_label("a minute").fill("301")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("running", exact=True)).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("rate-limiting")
    gate()
    expect(page.get_by_role("status")).to_contain_text("The operation has ended: succeeded.")
    expect(page.get_by_text("succeeded", exact=True)).to_be_visible()


def test_a_new_route_is_declared(page: Page, site: Site) -> None:
    enter(page, site, "route")
    page.get_by_label("Name").fill("reports-read")
    page.get_by_label("Path prefixes").fill("/api/reports/")
    page.get_by_label("pro", exact=True).check()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("row", name="reports-read GET /api/reports/ \N{EN DASH} pro")).to_be_visible()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", level=1, name="Declare routes reports-read")).to_be_visible()
    expect(page.get_by_text("succeeded", exact=True)).to_be_visible()
    assert "reports-read" in site.place.file.read_text()


def test_what_is_wrong_stands_at_its_field_and_the_first_has_the_focus(page: Page, site: Site) -> None:
    enter(page, site, "route")
    page.get_by_label("Name").fill("reports read")
    page.get_by_label("Path prefixes").fill("api/reports")
    page.get_by_label("pro", exact=True).check()
    page.get_by_role("button", name="Preview").click()
    name = page.get_by_label("Name")
    expect(name).to_be_focused()
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_have_accessible_description(
        "Unique in the gateway, such as reports-read. 'reports read' is not a Kong name; "
        "write letters, digits, '.', '_', '~' and '-', at most 128 of them"
    )
    expect(page.get_by_text("must start with a slash")).to_be_visible()
    assert problems(page) == []
    expect(page.get_by_role("button", name="Apply")).to_have_count(0)


def test_what_is_to_be_applied_is_what_was_previewed(page: Page, site: Site) -> None:
    enter(page, site, "limit/free")
    page.get_by_label("a minute").fill("120")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("button", name="Apply")).to_be_visible()
    page.get_by_label("a minute").fill("130")
    expect(page.get_by_role("button", name="Apply")).to_have_count(0)


def test_a_failed_change_says_what_is_left(page: Page, site: Site) -> None:
    site.engine.failures = ["Plugin consumer/free/rate-limiting: Kong says no"]
    enter(page, site, "limit/free")
    page.get_by_label("a minute").fill("121")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("rolled-back", exact=True)).to_be_visible()
    expect(page.get_by_text("Kong says no").first).to_be_visible()


def test_drift_is_shown_field_by_field(page: Page, site: Site) -> None:
    with httpx.Client(base_url=site.kong.admin_url) as admin:
        plugin = next(
            each
            for each in admin.get("/plugins?size=1000").json()["data"]
            if each["name"] == "rate-limiting" and each["config"]["minute"] == 60
        )
        admin.patch(f"/plugins/{plugin['id']}", json={"config": {"minute": 59}}).raise_for_status()
        try:
            page.goto(f"{site.url}#/drift")
            page.get_by_role("button", name="Log in").click()
            expect(page.get_by_role("heading", level=1, name="The gateway has drifted")).to_be_visible()
            expect(page.get_by_role("row", name="config.minute 60 59")).to_be_visible()
            assert problems(page) == []
            page.get_by_role("link", name="Set the gateway up").click()
            expect(page.get_by_role("heading", level=1, name="Set the gateway up")).to_be_visible()
        finally:
            admin.patch(f"/plugins/{plugin['id']}", json={"config": {"minute": 60}}).raise_for_status()


def test_viewers_see_everything_and_are_offered_no_change(page: Page, site: Site) -> None:
    site.realm.roles = ("gateway-viewer",)
    enter(page, site)
    expect(page.get_by_role("link", name="New route")).to_have_count(0)
    go(page, "tiers")
    expect(page.get_by_role("link", name="Change the limit of free")).to_have_count(0)


def test_who_has_no_role_is_told_so(page: Page, site: Site) -> None:
    site.realm.roles = ()
    page.goto(site.url)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("needs the role gateway-viewer")


def test_a_refusal_of_the_realm_is_told(page: Page, site: Site) -> None:
    site.realm.refusal = "not+today"
    page.goto(site.url)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("not today")


def test_a_login_that_was_begun_elsewhere_is_refused(page: Page, site: Site) -> None:
    before = site.realm.given
    page.goto(f"{site.url}?state=forged&code=forged")
    expect(page.get_by_role("alert")).to_contain_text("begun elsewhere")
    assert site.realm.given == before


def test_tokens_are_nowhere_but_in_memory_and_the_address_forgets_the_code(page: Page, site: Site) -> None:
    enter(page, site)
    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert stored == '[{},{},""]'
    assert page.url == f"{site.url}#/overview"
    page.reload()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()


def test_a_token_that_is_about_to_end_is_renewed(page: Page, site: Site) -> None:
    site.realm.seconds = 20  # less than the half minute before its end at which a token is renewed
    before = site.realm.given
    enter(page, site)
    go(page, "tiers")
    assert site.realm.given > before + 1


def test_everything_can_be_done_with_the_keyboard(page: Page, site: Site) -> None:
    page.goto(site.url)
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name=VIEWS["overview"])).to_be_visible()
    page.get_by_role("navigation").get_by_role("link", name="Tiers").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Tiers")).to_be_focused()
    expect(page.get_by_role("navigation").get_by_role("link", name="Tiers")).to_have_attribute("aria-current", "page")


def test_a_browser_may_run_nothing_but_the_pages_own_files(site: Site) -> None:
    tag = ""
    for name in (*(file.name for file in FILES.iterdir()), ""):
        answer = httpx.get(f"{site.url}{name}")
        policy = answer.headers["content-security-policy"]
        assert answer.status_code == 200, name
        tag = answer.headers["etag"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "unsafe" not in policy
        assert f"connect-src 'self' {site.realm.issuer};" in policy
    assert httpx.get(f"{site.url}..%2f..%2fsettings.py").status_code == 404
    assert httpx.get(f"{site.url}index.html", headers={"If-None-Match": tag}).status_code == 304


def test_what_somebody_puts_into_the_page_does_not_run(browser: Browser, site: Site) -> None:
    with tab(browser, tries="script") as page:
        enter(page, site)
        page.evaluate(
            "document.head.append(Object.assign(document.createElement('script'), { text: 'window.ran = 1' }))"
        )
        assert page.evaluate("window.ran ?? null") is None
