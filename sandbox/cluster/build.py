"""Programs in Go that the sandbox brings along, built into a cache: the control plane, from `sandbox/controlplane`.

Go keeps every package it compiled, so a build that was interrupted goes on where it was. The finished binary
is named by what it was built from: the Go module's files and the compiler's version.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock

from sandbox.cluster.progress import Progress, Report, silent

MODULE = Path(__file__).parent.parent / "controlplane"
"""The Go module of the control plane."""

_MINIMUM_GO = (1, 24)
Versions = Mapping[str, str]
"""The versions of what a Go module requires, by path."""
_INSTALL = "install Go 1.24 or newer (https://go.dev/dl), or use a cluster of your own with CLUSTER=current"


@dataclass(frozen=True)
class GoProgram:
    """A program, and the Go module that pins what it is built from."""

    name: str
    module: Path
    package: str = "."
    stamps: Callable[[Versions], Mapping[str, str]] | None = None
    """The variables that the linker sets."""


def _kubernetes(versions: Versions) -> Mapping[str, str]:
    """The versions of the parts; without them clients cannot parse the server's version."""
    kubernetes = versions["k8s.io/kubernetes"]
    major, minor, _ = kubernetes.removeprefix("v").split(".", 2)
    return {
        "k8s.io/component-base/version.gitVersion": kubernetes,
        "k8s.io/component-base/version.gitMajor": major,
        "k8s.io/component-base/version.gitMinor": minor,
        "k8s.io/component-base/version.gitCommit": "omnify-sandbox",
        "k8s.io/component-base/version.gitTreeState": "archive",
        "k8s.io/component-base/version.buildDate": "1970-01-01T00:00:00Z",
        "sigs.k8s.io/kwok/pkg/consts.Version": versions["sigs.k8s.io/kwok"],
    }


CONTROL_PLANE = GoProgram("controlplane", MODULE, stamps=_kubernetes)


class BuildError(Exception):
    """A program could not be built; the message says why and what to do."""


class GoMissingError(BuildError):
    """There is no Go compiler, or it is too old to fetch the one that Kubernetes needs."""


def cache_directory() -> Path:
    """Where binaries are kept: `omnify-gateway` in `$XDG_CACHE_HOME`, by default in `~/.cache`."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "omnify-gateway"


def find_go() -> str:
    """Give the path of Go.

    Raises:
        GoMissingError: Go is not on PATH, or older than 1.24. (From 1.21 on Go fetches by itself the newer
            toolchain that Kubernetes asks for.)
    """
    go = shutil.which("go")
    if go is None:
        raise GoMissingError(f"Go is not on PATH: {_INSTALL}")
    said = subprocess.run(  # noqa: S603 - Go, with arguments from this file
        [go, "env", "GOVERSION"], capture_output=True, text=True, check=False, cwd="/"
    )
    version = re.match(r"go(\d+)\.(\d+)", said.stdout)
    if version is None:
        raise GoMissingError(f"{go} does not tell its version ({said.stderr.strip()}): {_INSTALL}")
    if (int(version[1]), int(version[2])) < _MINIMUM_GO:
        raise GoMissingError(f"{go} is {said.stdout.strip()}, which is too old: {_INSTALL}")
    return go


def build(report: Report = silent, program: GoProgram = CONTROL_PLANE) -> Path:
    """Give the binary's path, building it first where the cache has none for this module and compiler.

    From nothing this takes minutes and reports what it is at; several callers wait for one another.

    Raises:
        GoMissingError: as `find_go`.
        BuildError: Go failed; the message has the end of what it said.
    """
    go = _Go(find_go(), cache_directory(), program)
    binary = go.binary()
    if binary.exists():
        return binary
    binary.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(binary.with_suffix(".lock")):
        if not binary.exists():
            # A directory of its own, because a Go that outlives a killed build still writes there.
            with TemporaryDirectory(dir=binary.parent) as scratch:
                partial = Path(scratch) / binary.name
                go.compile(partial, report)
                partial.replace(binary)
    return binary


class _Go:
    """The Go command, at work in a program's module."""

    def __init__(self, command: str, cache: Path, program: GoProgram) -> None:
        self._command = command
        self._cache = cache
        self._program = program
        # GOTOOLCHAIN: images of Go set it to "local", which would refuse a module newer than themselves.
        # CGO_ENABLED: with C the build would need a C compiler. GOFLAGS, GOWORK: the user's are for their code.
        self._environment = os.environ | {
            "CGO_ENABLED": "0",
            "GOFLAGS": "",
            "GOTOOLCHAIN": "auto",
            "GOWORK": "off",
        }

    def binary(self) -> Path:
        """Where the binary of this module and compiler belongs."""
        digest = hashlib.sha256("\n".join(self._output("env", "GOVERSION", "GOOS", "GOARCH")).encode())
        for path in sorted(self._program.module.iterdir()):
            if path.suffix in {".go", ".mod", ".sum"}:
                digest.update(f"{path.name}\n".encode() + path.read_bytes())
        return self._cache / f"{self._program.name}-{digest.hexdigest()[:16]}"

    def compile(self, target: Path, report: Report) -> None:
        """Fetch what is missing, compile what Go's cache does not have, and link."""
        flags = ("-trimpath", "-buildvcs=false", f"-ldflags=-s -w {self._stamp()}".rstrip())
        stale = self._fetch(flags, report)
        linking = Progress("linking", detail=target.name)
        report(Progress("compiling", 0, stale) if stale else linking)
        lines = self._lines("build", "-v", *flags, "-o", str(target), self._program.package)
        for compiled, line in enumerate(lines, start=1):
            if compiled < stale:
                report(Progress("compiling", compiled, stale, line))
            else:
                report(linking)

    def _fetch(self, flags: tuple[str, ...], report: Report) -> int:
        """Download the modules that are missing, and count the packages that must be compiled."""
        report(Progress("looking for modules"))
        stale = downloaded = 0
        for line in self._lines("list", *flags, "-deps", "-f", "{{.StaleReason}}", self._program.package):
            if line.startswith("go: downloading "):
                downloaded += 1
                report(Progress("downloading modules", downloaded, detail=line.split()[2]))
            elif line != "not installed but available in build cache":
                stale += 1
        return stale

    def _lines(self, *arguments: str) -> Iterator[str]:
        """Run Go and give what it says line by line; it is stopped when the caller stops listening."""
        last = deque[str](maxlen=20)
        with subprocess.Popen(  # noqa: S603 - Go, with arguments from this file
            [self._command, *arguments],
            cwd=self._program.module,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as running:
            try:
                for line in running.stdout or ():
                    last.append(line.rstrip())
                    yield line.rstrip()
            except BaseException:
                running.terminate()
                raise
        if running.returncode != 0:
            raise BuildError(_failure(arguments[0], self._program.module, list(last)))

    def _stamp(self) -> str:
        """The variables that the linker sets."""
        if self._program.stamps is None:
            return ""
        module = json.loads("".join(self._output("mod", "edit", "-json")))
        stamps = self._program.stamps({required["Path"]: required["Version"] for required in module["Require"]})
        return " ".join(f"-X {variable}={value}" for variable, value in stamps.items())

    def _output(self, *arguments: str) -> list[str]:
        return list(self._lines(*arguments))


def _failure(command: str, module: Path, said: list[str]) -> str:
    lines = "\n".join(f"  {line}" for line in said)
    return f"go {command} failed in {module}; it said last:\n{lines}"
