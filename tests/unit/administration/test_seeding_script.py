"""The script of the Job that writes the loopback, run by a shell with something else in Kong's place."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from components.platform.seeding import loopback_fingerprint, seeding_script
from tests.unit.administration.loopbacks import KEY, PASSWORD, entities, loopback_seed

VALUES = {"PROGRAM_PULUMI": KEY, "PERSON_ALICE": PASSWORD}


def run(directory: Path, **values: str) -> subprocess.CompletedProcess[str]:
    """The script; what Kong would import is in the file `imported` afterwards."""
    kong = directory / "kong"
    kong.write_text(f'#!/bin/sh\n[ "$1 $2" = "config db_import" ] && cp "$3" {directory}/imported\n')
    kong.chmod(0o700)
    environment = {"PATH": f"{directory}:{os.environ['PATH']}", "TMPDIR": str(directory)} | VALUES | values
    command = ["/bin/sh", "-ec", seeding_script(loopback_seed())]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_kong_imports_the_loopback_with_the_values_of_its_credentials(tmp_path: Path) -> None:
    done = run(tmp_path)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    wanted = loopback_seed()
    imported = yaml.safe_load((tmp_path / "imported").read_text())
    (key,) = imported["keyauth_credentials"]
    (password,) = imported["basicauth_credentials"]
    assert (key["key"], password["password"]) == (KEY, PASSWORD)
    key["key"], password["password"] = "${PROGRAM_PULUMI}", "${PERSON_ALICE}"
    assert imported == wanted.document
    assert (tmp_path / "administration.yml").stat().st_mode & 0o077 == 0


def test_a_key_of_digits_is_text(tmp_path: Path) -> None:
    run(tmp_path, PROGRAM_PULUMI="1" * 40)
    (key,) = yaml.safe_load((tmp_path / "imported").read_text())["keyauth_credentials"]
    assert key["key"] == "1" * 40


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        (
            "PROGRAM_PULUMI",
            "short",
            "pulumi: key pulumi of Secret kong-admin-keys has fewer than 32 characters",
        ),
        ("PERSON_ALICE", "x" * 15, "person alice: key alice of Secret kong-people has fewer than 16 characters"),
        ("PROGRAM_PULUMI", f'"{KEY}', "program pulumi: key pulumi of Secret kong-admin-keys may only have"),
        ("PERSON_ALICE", f"{PASSWORD}\n", "person alice: key alice of Secret kong-people may only have"),
        ("PERSON_ALICE", "$(touch executed) and so on", "person alice: key alice of Secret kong-people may only have"),
    ],
)
def test_a_weak_or_unwritable_credential_is_refused_and_not_printed(
    name: str, value: str, reason: str, tmp_path: Path
) -> None:
    done = run(tmp_path, **{name: value})

    assert done.returncode == 1
    assert reason in done.stderr
    assert value not in done.stderr + done.stdout
    assert not (tmp_path / "imported").exists()


def test_the_pods_are_replaced_when_the_loopback_changes() -> None:
    """Kong's nodes do not learn of what the Job writes."""
    moved = loopback_seed(programs={"pulumi": {"name": "another", "key": "pulumi"}})
    narrower = loopback_seed(allowed=["203.0.113.7/32"])
    assert len({loopback_fingerprint(each) for each in (loopback_seed(), moved, narrower)}) == 3
    assert loopback_fingerprint(loopback_seed()) == loopback_fingerprint(loopback_seed())


def test_the_script_holds_no_value() -> None:
    script = seeding_script(loopback_seed())
    assert '"${PROGRAM_PULUMI}"' in script
    assert {each.placeholder for each in loopback_seed().credentials} == set(VALUES)
    assert entities(loopback_seed(), "keyauth_credentials")
