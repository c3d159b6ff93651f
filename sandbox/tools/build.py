"""Building the tools of the Go module beside this file into a cache, named by what they were built from."""

import hashlib
import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from filelock import FileLock

from sandbox.cluster.build import BuildError, cache_directory, find_go

MODULE: Final = Path(__file__).parent
"""The Go module, whose `tool` lines name the tools."""


def tool(package: str) -> Path:
    """Give the path of a tool, building it first where the cache has none for this module and compiler.

    Args:
        package: what a `tool` line of the module says, such as "github.com/rhysd/actionlint/cmd/actionlint".

    Raises:
        GoMissingError: Go is not on PATH, or too old.
        BuildError: Go failed; the message has the end of what it said.
    """
    go = find_go()
    digest = hashlib.sha256("\n".join([package, _go(go, "env", "GOVERSION", "GOOS", "GOARCH")]).encode())
    for name in ("go.mod", "go.sum"):
        digest.update((MODULE / name).read_bytes())
    binary = cache_directory() / f"{package.rpartition('/')[2]}-{digest.hexdigest()[:16]}"
    binary.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(binary.with_suffix(".lock")):
        if not binary.exists():
            with TemporaryDirectory(dir=binary.parent) as scratch:
                partial = Path(scratch) / binary.name
                _go(go, "build", "-mod=readonly", "-trimpath", "-buildvcs=false", "-o", str(partial), package)
                partial.replace(binary)
    return binary


def _go(go: str, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 (Go, with arguments from this file)
        [go, *arguments],
        cwd=MODULE,
        env=os.environ | {"CGO_ENABLED": "0", "GOFLAGS": "", "GOTOOLCHAIN": "auto", "GOWORK": "off"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BuildError(f"go {arguments[0]} failed in {MODULE}; it said last:\n{done.stderr.strip()[-2000:]}")
    return done.stdout
