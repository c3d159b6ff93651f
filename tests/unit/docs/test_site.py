"""The site of the documentation is built without a warning, and every link on it leads somewhere."""

import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import pytest

from config.project import PROJECT
from documentation.links import links
from documentation.site import admonished, pages, rewritten

SITE = PROJECT / "dist" / "site"

pytestmark = pytest.mark.xdist_group("site")


@dataclass
class Page(HTMLParser):
    """What a page has to lead to, and where it leads."""

    ids: set[str] = field(default_factory=set[str])
    leads: set[str] = field(default_factory=set[str])
    pictures: set[str] = field(default_factory=set[str])

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids.update(value for name in ("id", "name") if (value := given.get(name)))
        if tag == "a" and (to := given.get("href")):
            self.leads.add(to)
        if tag in ("img", "link", "script") and (source := given.get("src") or given.get("href")):
            self.leads.add(source)
            if tag == "img":
                self.pictures.add(source)


@pytest.fixture(scope="module")
def built() -> Mapping[Path, Page]:
    done = subprocess.run(
        (sys.executable, "-m", "documentation", "site"), cwd=PROJECT, capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "No issues found" in said
    assert "warning" not in said.lower()
    read: dict[Path, Page] = {}
    for file in SITE.rglob("*.html"):
        read[file] = Page()
        read[file].feed(file.read_text("utf-8"))
    return read


def test_every_link_and_every_heading_that_it_names_is_there(built: Mapping[Path, Page]) -> None:
    nowhere: list[str] = []
    for file, page in built.items():
        for to in page.leads if file.name != "404.html" else ():
            parts = urlsplit(to)
            if parts.scheme or parts.netloc:
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            target = target / "index.html" if target.is_dir() else target
            heading = unquote(parts.fragment)
            if not target.exists() or (heading and target in built and heading not in built[target].ids):
                nowhere.append(f"{file.relative_to(SITE)}: {to}")

    assert nowhere == []


def test_every_page_is_on_the_site_and_in_its_navigation(built: Mapping[Path, Page]) -> None:
    listed = re.findall(r"([\w-]+\.md)$", (PROJECT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE)

    assert sorted(listed) == sorted(pages().values())
    assert {file.name for file in built} >= {page.replace(".md", ".html") for page in pages().values()}


def test_the_pictures_are_on_the_site(built: Mapping[Path, Page]) -> None:
    shown = {source for page in built.values() for source in page.pictures}

    assert {"pictures/architecture.svg", "pictures/request.svg", "pictures/comment.svg"} <= shown


def test_nothing_is_fetched_from_elsewhere_but_what_a_reader_follows(built: Mapping[Path, Page]) -> None:
    for page in built.values():
        assert not [source for source in page.pictures if urlsplit(source).netloc]


@pytest.mark.parametrize(
    ("link", "source", "repository", "expected"),
    [
        ("[a](../README.md#b)", "docs/x.md", "", "[a](index.md#b)"),
        ("[a](docs/x.md)", "README.md", "", "[a](x.md)"),
        ("![a](docs/pictures/a.svg)", "README.md", "", "![a](pictures/a.svg)"),
        (
            "[a](../provider/README.md)",
            "docs/x.md",
            "https://git.example/blob/main",
            "[a](https://git.example/blob/main/provider/README.md)",
        ),
        ("[a](../provider/README.md)", "docs/x.md", "", "a"),
        ("[a](https://example.org)", "docs/x.md", "", "[a](https://example.org)"),
        ("[a](#b)", "docs/x.md", "", "[a](#b)"),
    ],
)
def test_links_lead_to_the_site_or_to_the_repository(link: str, source: str, repository: str, expected: str) -> None:
    assert rewritten(link, PurePosixPath(source), repository) == expected


def test_an_alert_is_an_admonition() -> None:
    alert = "> [!CAUTION]\n> **Deleted**\n> - one\n\nafter\n> [!NOTE]\n> text\n"

    assert admonished(alert) == '!!! danger "Deleted"\n\n    - one\n\nafter\n!!! note "Note"\n\n    text\n'


def test_the_readme_leads_to_every_page_for_people() -> None:
    linked = {str(link.path(PurePosixPath("README.md"))) for link in links((PROJECT / "README.md").read_text("utf-8"))}

    assert {f"docs/{name}.md" for name in ("tutorial", "changing", "settings", "architecture", "decisions")} <= linked
    assert "CONTRIBUTING.md" in linked
