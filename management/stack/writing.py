"""Files that are written whole or not at all, whatever happens meanwhile."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile


def write_whole(file: Path, text: str) -> None:
    """Put a text in the place of a file's, with its permissions, and on the disk before this returns."""
    file.parent.mkdir(parents=True, exist_ok=True)
    mode = file.stat().st_mode & 0o777 if file.exists() else 0o644
    with NamedTemporaryFile("w", encoding="utf-8", dir=file.parent, prefix=f".{file.name}.", delete=False) as writing:
        partial = Path(writing.name)
        try:
            writing.write(text)
            writing.flush()
            os.fsync(writing.fileno())
            partial.chmod(mode)
            partial.replace(file)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
    _keep_folder(file.parent)


def remove_whole(file: Path) -> None:
    """Remove a file, on the disk before this returns."""
    file.unlink(missing_ok=True)
    _keep_folder(file.parent)


def _keep_folder(folder: Path) -> None:
    """A folder's entries are on the disk when the folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
