"""decK files and declarative files as a source: read, taken apart and brought to the words of format 3.0."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from entities.importing.findings import Findings
from entities.importing.flattening import Found, flattened
from entities.importing.reading import UnreadableFileError, read_file
from entities.importing.upgrading import upgraded

_ENDINGS: Final = frozenset({".yaml", ".yml", ".json"})


def entities_of(
    paths: Sequence[Path], findings: Findings, environment: Mapping[str, str] = os.environ
) -> tuple[Found, ...]:
    """The entities of all files; of a folder, as decK reads it, those of each file in YAML or JSON below it.

    Raises:
        UnreadableFileError: one cannot be read, or there is none.
    """
    return tuple(found for path in paths for file in _files(path) for found in _entities(file, findings, environment))


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    files = sorted(file for file in path.rglob("*") if file.suffix in _ENDINGS and file.is_file())
    if not files:
        raise UnreadableFileError(f"there is no YAML or JSON file in {path}")
    yield from files


def _entities(file: Path, findings: Findings, environment: Mapping[str, str]) -> Iterator[Found]:
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise UnreadableFileError(f"{file} cannot be read: {reason}") from error
    content = read_file(text, str(file), environment)
    for found in flattened(content, findings):
        yield upgraded(found, content.format, findings)
