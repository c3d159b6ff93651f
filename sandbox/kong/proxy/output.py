"""Where log entries go."""

import sys
from pathlib import Path
from typing import BinaryIO


class Output:
    """Appends lines to files; `/dev/stdout` and `/dev/stderr` are the process's own streams."""

    def __init__(self, standard_output: BinaryIO | None = None) -> None:
        self._standard_output = standard_output

    def write_line(self, path: str, line: bytes) -> None:
        """Append one line and flush it."""
        stream = self._stream(path)
        if stream is not None:
            stream.write(line + b"\n")
            stream.flush()
            return
        with Path(path).open("ab") as file:
            file.write(line + b"\n")

    def _stream(self, path: str) -> BinaryIO | None:
        if path == "/dev/stdout":
            return self._standard_output or sys.stdout.buffer
        return sys.stderr.buffer if path == "/dev/stderr" else None
