"""Debian's Chromium under Playwright. Nothing is downloaded: where there is no browser, the tests are skipped."""

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final, Literal

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
_FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
)
"""As root, and without the connections that a browser makes on its own."""
_PATIENCE: Final = 60_000
"""Milliseconds; a busy machine takes its time."""
DESKTOP: Final = (1280, 900)
PHONE: Final = (390, 844)
Scheme = Literal["light", "dark"]


@contextmanager
def chromium() -> Generator[Browser]:
    """The browser; skips where there is none."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(_FLAGS))
        yield browser
        browser.close()


@contextmanager
def tab(
    browser: Browser, *, size: tuple[int, int] = DESKTOP, scheme: Scheme = "light", tries: str = ""
) -> Generator[Page]:
    """A browser of its own for a person: no cookies, nothing stored.

    What goes wrong in it fails the test, but for what the test itself tries and the policy refuses: `tries` is in it.
    """
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="UTC",
        has_touch=size == PHONE,
    )
    page = context.new_page()
    page.set_default_timeout(_PATIENCE)
    expect.set_options(timeout=_PATIENCE)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console", lambda message: wrong.append(message.text) if "Content Security Policy" in message.text else None
    )
    yield page
    context.close()
    assert [each for each in wrong if not tries or tries not in each] == []
