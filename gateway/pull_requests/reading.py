"""Reading the reports that the workflow of a pull request left behind.

A stranger's code may have written them. So nothing but plain files of a certain size is read, nothing is taken but what
has the form of a report, and no message repeats what was in them.
"""

import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from gateway.changes.report import Report

LARGEST: Final = 5_000_000
"""Bytes of a report."""
MOST: Final = 40
"""Files that are looked at: two a stack. A stranger shall not fill a pull request with comments."""


class UnreadableReportError(Exception):
    """A file is no report; says which and why."""


def read_reports(folder: Path) -> Sequence[Report]:
    """The reports in a folder and those below it, one for each stack: what an engine says before what commits say.

    Raises:
        UnreadableReportError: a file is none, or there are too many of them.
    """
    files = list(_files(folder))
    if len(files) > MOST:
        raise UnreadableReportError(f"{folder} has {len(files):,} files; at most {MOST} are read")
    reports: dict[str, Report] = {}
    for report in map(read_report, files):
        known = reports.get(report.stack)
        if known is None or (report.source == "engine" and not report.failure) or known.failure:
            reports[report.stack] = report
    return [reports[stack] for stack in sorted(reports)]


def read_report(file: Path) -> Report:
    """One report. Raises as `read_reports` does."""
    status = file.lstat()
    if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
        raise UnreadableReportError(f"{file} is no file of at most {LARGEST:,} bytes")
    try:
        return Report.model_validate_json(file.read_bytes())
    except ValidationError as error:
        places = sorted({".".join(map(str, each["loc"])) or "all of it" for each in error.errors()})
        raise UnreadableReportError(f"{file} is no report: wrong at {', '.join(places)[:200]!r}") from None


def _files(folder: Path) -> Iterator[Path]:
    """What is in a folder and below, links not followed."""
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and not entry.is_symlink():
            yield from _files(entry)
        else:
            yield entry
