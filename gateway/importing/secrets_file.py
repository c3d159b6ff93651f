"""The values of secrets, in a file that only its owner can read; and how they get into the stack's configuration."""

import json
import os
import shlex
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from entities.secret import NAMESPACE


class SecretsFileError(Exception):
    """The values cannot be written where somebody said; the text says why."""


def write_secrets(file: Path, values: Mapping[str, str]) -> None:
    """Write the values by their names, as JSON.

    Raises:
        SecretsFileError: the file is there already, or cannot be made.
    """
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise SecretsFileError(f"{file} is there already; secrets are never written over, name another file") from error
    except OSError as error:
        raise SecretsFileError(f"{file} cannot be written: {error.strerror}") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(json.dumps(values, indent=2, ensure_ascii=False) + "\n")


def commands_for_known(file: Path, names: Iterable[str], stack: str) -> Iterator[str]:
    """Commands that set secrets from the file: values go from pipe to pipe, and no shell remembers them."""
    yield f"for name in {' '.join(names)}; do"
    yield f"  python -m gateway.importing.secret {shlex.quote(str(file))} $name |"
    yield f"    pulumi config set --secret --raw {NAMESPACE}:$name --stack {stack}"
    yield "done"
    yield f"rm {shlex.quote(str(file))}   # when each is set"


def commands_for_wanted(names: Iterable[str], stack: str) -> Iterator[str]:
    """Commands that ask for secrets which no source has."""
    return (f"pulumi config set --secret {NAMESPACE}:{shlex.quote(name)} --stack {stack}" for name in names)
