"""The site: pages laid out for the generator, whose links to other files lead to the repository."""

import os
import posixpath
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final

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
_KINDS: Final[Mapping[str, str]] = {
    "NOTE": "note",
    "TIP": "tip",
    "IMPORTANT": "info",
    "WARNING": "warning",
    "CAUTION": "danger",
}
_ALERT: Final = re.compile(rf"^> \[!({'|'.join(_KINDS)})\]\n((?:>.*\n)+)", re.MULTILINE)
_BOLD: Final = re.compile(r"\*\*(.+)\*\*")


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

    return admonished(replaced(text, lead))


def admonished(text: str) -> str:
    """A page whose alerts, as GitHub writes them, are what the generator has for them."""
    return _ALERT.sub(_admonition, text)


def _admonition(match: re.Match[str]) -> str:
    kind, quoted = match.groups()
    lines = [line.removeprefix(">").removeprefix(" ") for line in quoted.splitlines()]
    title, rest = ([kind.title()], lines) if not _BOLD.fullmatch(lines[0]) else (_BOLD.findall(lines[0]), lines[1:])
    body = "\n".join(f"    {line}".rstrip() for line in rest)
    return f'!!! {_KINDS[kind]} "{title[0]}"\n\n{body}\n'


def build() -> int:
    """Build the site into dist/site; a link that leads nowhere is an error. The exit code is the generator's."""
    lay_out(os.environ.get("DOCS_REPOSITORY", "").rstrip("/"))
    return subprocess.run([sys.executable, "-m", "zensical", "build", "--strict"], cwd=PROJECT, check=False).returncode


def _written(link: Link, to: str) -> str:
    heading = f"#{link.heading}" if link.heading else ""
    return f"{'!' if link.picture else ''}[{link.text}]({to}{heading})"
