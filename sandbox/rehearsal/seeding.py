"""The Job that writes the loopback, played: pods run nothing here, so its script runs on this machine.

Everything in it is what the pod would run, but for `kong`, in whose place a program writes to the rehearsal's gateway.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from components.platform.seeding import seeding_script
from entities.administration import Seed
from gateway.recording import PROJECT

_KONG = """#!/bin/sh
[ "$1 $2" = "config db_import" ] || {{ echo "no such command: kong $*" >&2; exit 64; }}
exec {python} -m sandbox.kong.db_import --admin {admin} "$3"
"""


class SeedingError(Exception):
    """The Job would have failed; the message is what it printed."""


def play_seeding(seed: Seed, admin: str, values: Mapping[str, str]) -> None:
    """Run the Job's script; `values` are those of its credentials, by their placeholders.

    Raises:
        SeedingError: it failed.
    """
    with tempfile.TemporaryDirectory() as directory:
        kong = Path(directory, "kong")
        kong.write_text(_KONG.format(python=sys.executable, admin=admin))
        kong.chmod(0o700)
        environment = {"PATH": f"{directory}:{os.defpath}", "PYTHONPATH": str(PROJECT), "TMPDIR": directory}
        played = subprocess.run(  # noqa: S603 - the script is this project's own
            ["/bin/sh", "-ec", seeding_script(seed)],
            env=environment | dict(values),
            capture_output=True,
            text=True,
            check=False,
        )
    if played.returncode != 0:
        raise SeedingError(f"the Job that writes the loopback fails: {(played.stderr or played.stdout).strip()}")


def rehearsed_values(seed: Seed) -> dict[str, str]:
    """A made-up value for each credential: a rehearsal has none of the real ones."""
    return {each.placeholder: f"rehearsed-{each.name}".ljust(each.shortest, "0") for each in seed.credentials}
