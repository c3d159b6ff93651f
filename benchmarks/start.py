"""What the program takes before the first entity: imports, settings, registering. Beside Python's own start."""

import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Final

from rich.table import Table

from gateway.recording import PROJECT

_RUNS: Final = 3
_PROGRAM: Final = (
    "from gateway.recording import record; from benchmarks.stacks import {shape}; record({shape}({size}), 'bench')"
)
_STARTS: Final = {
    "python": "pass",
    "the SDKs (pulumi, pulumi_kong, pulumi_kubernetes)": "import pulumi, pulumi_kong, pulumi_kubernetes",
    "`gateway validate` of a small stack": (
        "from entities.validation import validated; from benchmarks.stacks import modelled; validated(modelled(10))"
    ),
    "the provider": "import provider.server",
    "the whole program, 24 entities": _PROGRAM.format(shape="modelled", size=10),
    "the whole program, 1,003 entities": _PROGRAM.format(shape="modelled", size=1_000),
}


def start(say: Callable[[str], None]) -> Iterator[Table]:
    """One table: seconds of CPU in processes of their own."""
    table = Table("start of", "CPU s", "of the SDKs' own", title="program start")
    taken = {name: _best(name, code, say) for name, code in _STARTS.items()}
    sdks = list(taken.values())[1]
    for name, seconds in taken.items():
        table.add_row(name, f"{seconds:.2f}", f"{seconds / sdks:.2f}")
    yield table


def _best(name: str, code: str, say: Callable[[str], None]) -> float:
    say(name)
    return min(_once(code) for _ in range(_RUNS))


def _once(code: str) -> float:
    before = _children()
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True, capture_output=True)  # noqa: S603 (our own)
    return _children() - before


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
