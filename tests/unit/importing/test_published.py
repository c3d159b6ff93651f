"""Files that people published: PUBLISHED_KONG_FILES names a folder of decK files and declarative files.

None of them is kept here; what they taught stands in the other tests.
"""

import os
from pathlib import Path

import pytest

from entities.importing.reading import UnreadableFileError
from tests.unit.importing.faithful import unsaid
from tests.unit.importing.imports import imported, unaccounted

FOLDER = os.environ.get("PUBLISHED_KONG_FILES", "")
FILES = sorted(file for file in Path(FOLDER).rglob("*") if file.is_file()) if FOLDER else []

pytestmark = pytest.mark.skipif(
    not FILES, reason="no published files: set PUBLISHED_KONG_FILES to a folder of decK and declarative files"
)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_published_file_is_imported_with_a_reason_and_nothing_goes_silently(file: Path) -> None:
    try:
        found = imported(file.read_text("utf-8"))
    except UnreadableFileError as refusal:
        pytest.skip(str(refusal))

    assert unsaid(found.proposal) == []
    assert unaccounted(found) == 0
    sections = str(found.proposal.sections)
    assert not [name for name, value in found.secrets.values.items() if len(value) > 12 and value in sections]
