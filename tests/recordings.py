"""What a real Kong 3.9.1 answered, kept outside the repository.

`KONG_RECORDINGS` names the folder; by default it is `../shared/kong-3.9.1` beside the repository.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

_BESIDE = Path(__file__).parents[2] / "shared" / "kong-3.9.1"

RECORDINGS = Path(os.environ.get("KONG_RECORDINGS", str(_BESIDE)))

needs_recordings = pytest.mark.skipif(
    not RECORDINGS.is_dir(),
    reason=f"no recordings of Kong 3.9.1 in {RECORDINGS.name}/: set KONG_RECORDINGS to their folder",
)


@dataclass(frozen=True)
class Exchange:
    """One request to the Admin API, and what it answered."""

    recording: str
    name: str
    method: str
    path: str
    sent: Any
    status: int
    received: Any

    def __str__(self) -> str:
        return f"{self.recording}: {self.name}"


def recorded_exchanges(*recordings: str) -> list[Exchange]:
    """The requests of the named recordings, or of all of them, in the order sent; none where there are none."""
    files = [RECORDINGS / "recorded" / f"{name}.json" for name in recordings] or sorted(
        (RECORDINGS / "recorded").glob("*.json")
    )
    return [_exchange(file.stem, entry) for file in files if file.is_file() for entry in json.loads(file.read_text())]


def recorded_json(name: str) -> Any:
    """One JSON file of the recordings, such as `full-plugin-configs.json`."""
    return json.loads((RECORDINGS / name).read_text())


def _exchange(recording: str, entry: dict[str, Any]) -> Exchange:
    request, response = cast("dict[str, Any]", entry["request"]), cast("dict[str, Any]", entry["response"])
    return Exchange(
        recording=recording,
        name=entry["name"],
        method=request["method"],
        path=request["path"],
        sent=request["body"],
        status=response["status"],
        received=response["body"],
    )
