"""The picture of a comment in docs/: `python -m tests.unit.pull_requests.picture` writes it anew.

It is the comment itself, made of what Pulumi 3.259 printed of the dev stack, its own words shortened.
"""

from pathlib import Path
from typing import Final

from gateway.changes.preview import previewed
from gateway.pull_requests.markdown import comment
from gateway.recording import PROJECT

FILE: Final = PROJECT / "docs" / "pull-request-comment.md"
_FOLDER: Final = Path(__file__).parent.parent / "changes"


def picture() -> str:
    """The comment on the recorded preview."""
    return comment(previewed("dev", *((_FOLDER / f"preview.{form}").read_text("utf-8") for form in ("json", "txt"))))


if __name__ == "__main__":
    FILE.write_text(picture(), "utf-8")
