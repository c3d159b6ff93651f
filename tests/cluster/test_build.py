"""The binary's cache and what is said while it is built, with a Go command that only pretends."""

from pathlib import Path

import pytest

from sandbox.cluster.build import MODULE, BuildError, GoMissingError, build
from sandbox.cluster.progress import Progress

PRETENDING = """#!/bin/sh
case "$1" in
  env) printf 'go1.26.0\\nlinux\\namd64\\n' ;;
  mod) printf '%s' '{"Require": [
    {"Path": "k8s.io/kubernetes", "Version": "v1.99.3"}, {"Path": "sigs.k8s.io/kwok", "Version": "v9.8.7"}]}' ;;
  list)
    echo 'go: downloading k8s.io/api v0.99.3' >&2
    echo 'build ID mismatch'
    echo 'not installed but available in build cache'
    echo 'stale dependency: runtime' ;;
  build)
    echo "$@" >> "$CALLS"
    echo k8s.io/api/core/v1
    echo controlplane
    while [ "$1" != -o ]; do shift; done
    echo half > "$2"
    [ -z "$FAULT" ] || { echo "$FAULT"; exit 1; } ;;
esac
"""


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The pretending Go's calls to build, with the cache in a directory of the test's own."""
    _put_on_path(PRETENDING, tmp_path, monkeypatch)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    monkeypatch.setenv("FAULT", "")
    return tmp_path / "calls"


def _put_on_path(script: str, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go = directory / "go"
    go.write_text(script)
    go.chmod(0o755)
    monkeypatch.setenv("PATH", str(directory))


def test_without_go_it_says_what_to_install_or_to_use_instead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(GoMissingError) as missing:
        build()

    assert str(missing.value) == (
        "Go is not on PATH: install Go 1.24 or newer (https://go.dev/dl),"
        " or use a cluster of your own with CLUSTER=current"
    )


@pytest.mark.parametrize("version", ["go1.23.12", "go1.9"])
def test_a_go_that_is_too_old_is_refused(version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _put_on_path(f"#!/bin/sh\necho {version}\n", tmp_path, monkeypatch)

    with pytest.raises(GoMissingError, match=rf"go is {version}, which is too old: install Go 1\.24"):
        build()


def test_it_reports_downloads_and_the_packages_that_are_not_compiled_yet(calls: Path) -> None:
    reports: list[Progress] = []

    binary = build(reports.append)

    assert [str(report) for report in reports] == [
        "looking for modules",
        "downloading modules 1 k8s.io/api",
        "compiling 0 of 2",
        "compiling 1 of 2 k8s.io/api/core/v1",
        f"linking {binary.name}",
    ]


def test_the_releases_of_the_module_are_stamped_into_the_binary(calls: Path) -> None:
    build()

    built = calls.read_text()
    assert "k8s.io/component-base/version.gitVersion=v1.99.3" in built
    assert "k8s.io/component-base/version.gitMajor=1 " in built
    assert "k8s.io/component-base/version.gitMinor=99 " in built
    assert "sigs.k8s.io/kwok/pkg/consts.Version=v9.8.7" in built


def test_what_is_built_is_not_built_again(calls: Path) -> None:
    assert build() == build()

    assert len(calls.read_text().splitlines()) == 1


def test_another_compiler_builds_another_binary(calls: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = build()
    _put_on_path(PRETENDING.replace("go1.26.0", "go1.26.1"), tmp_path, monkeypatch)

    assert build() != first


def test_a_failed_build_says_why_and_leaves_no_binary(calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAULT", "no space left on device")

    with pytest.raises(BuildError) as failure:
        build()

    assert str(failure.value) == (
        f"go build failed in {MODULE}; it said last:\n  k8s.io/api/core/v1\n  controlplane\n  no space left on device"
    )
    assert [path.suffix for path in (calls.parent / "cache" / "omnify-gateway").iterdir()] == [".lock"]
    monkeypatch.setenv("FAULT", "")
    assert build().read_text() == "half\n"
    assert len(calls.read_text().splitlines()) == 2
