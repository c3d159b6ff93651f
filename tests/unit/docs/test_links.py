"""Every link and every picture of the repository's pages leads somewhere, and every heading that one names is there."""

import subprocess
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from config.project import PROJECT
from documentation.links import Link, headings, links


def pages() -> list[PurePosixPath]:
    listed = subprocess.run(
        ("git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    found = listed.stdout.splitlines() if listed.returncode == 0 else map(str, PROJECT.glob("[!.]*/**/*.md"))
    return [PurePosixPath(page) for page in found if (PROJECT / page).is_file()]


def broken(page: PurePosixPath) -> Iterator[str]:
    for link in links((PROJECT / page).read_text("utf-8")):
        if link.external:
            continue
        target = link.path(page)
        if not (PROJECT / target).exists():
            yield f"{link.to}: there is no {target}"
        elif link.heading and link.heading not in headings((PROJECT / target).read_text("utf-8")):
            yield f"{link.to}#{link.heading}: {target} has no such heading"


def test_every_link_of_every_page_leads_somewhere() -> None:
    assert {str(page): found for page in pages() if (found := list(broken(page)))} == {}


def test_the_pages_are_found() -> None:
    assert {"README.md", "CONTRIBUTING.md", "docs/tutorial.md", "examples/consumer/README.md"} <= set(map(str, pages()))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see [a page](b.md#part-2)", [Link(False, "a page", "b.md", "part-2")]),
        ("![a picture](p/a.svg)", [Link(True, "a picture", "p/a.svg", "")]),
        ("`[no](link.md)`", []),
        ("```\n[no](link.md)\n```\n[yes](#here)", [Link(False, "yes", "", "here")]),
        ("[out](https://example.org/a#b)", [Link(False, "out", "https://example.org/a", "b")]),
    ],
)
def test_links_are_read_as_github_reads_them(text: str, found: list[Link]) -> None:
    assert links(text) == found


def test_headings_are_named_as_github_names_them() -> None:
    text = "# A `b.c`, and d\n## Twice\n```\n# none\n```\n## Twice\n"

    assert headings(text) == {"a-bc-and-d", "twice", "twice-1"}
