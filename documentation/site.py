"""The site: pages laid out for the generator, whose links to other files lead to the repository."""

import os
import posixpath
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import PurePosixPath

from config.project import PROJECT
from documentation.links import Link, replaced

PAGES = PROJECT / "docs"
LAID_OUT = PROJECT / "dist" / "docs"
"""Where mkdocs.yml has the generator read."""
FURTHER: Mapping[str, str] = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
"""Pages of the site that stand elsewhere in the repository."""


def lay_out(repository: str) -> None:
    """Put the pages where the generator reads them. `repository` is where files are read that are no pages."""
    shutil.rmtree(LAID_OUT, ignore_errors=True)
    shutil.copytree(PAGES, LAID_OUT)
    for source, page in pages().items():
        text = (PROJECT / source).read_text("utf-8")
        (LAID_OUT / page).write_text(rewritten(text, source, repository), "utf-8")


def pages() -> Mapping[PurePosixPath, str]:
    """The pages of the site by their place in the repository."""
    own = {PurePosixPath("docs", page.name): page.name for page in sorted(PAGES.glob("*.md"))}
    return own | {PurePosixPath(source): page for source, page in FURTHER.items()}


def rewritten(text: str, source: PurePosixPath, repository: str) -> str:
    """A page whose links lead to pages of the site, or to the repository; without one, to nowhere."""
    known = pages()

    def lead(link: Link) -> str:
        if link.external or not link.to:
            return _written(link, link.to)
        path = link.path(source)
        if path in known:
            return _written(link, known[path])
        if path.is_relative_to("docs"):
            return _written(link, posixpath.relpath(path, "docs"))
        return _written(link, f"{repository}/{path}") if repository else link.text

    return replaced(text, lead)


def build() -> int:
    """Build the site into dist/site; a link that leads nowhere is an error. The exit code is the generator's."""
    lay_out(os.environ.get("DOCS_REPOSITORY", "").rstrip("/"))
    return subprocess.run([sys.executable, "-m", "zensical", "build", "--strict"], cwd=PROJECT, check=False).returncode


def _written(link: Link, to: str) -> str:
    heading = f"#{link.heading}" if link.heading else ""
    return f"{'!' if link.picture else ''}[{link.text}]({to}{heading})"
