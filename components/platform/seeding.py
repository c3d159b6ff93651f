"""The loopback written into Kong's database before Kong starts, by `kong config db_import`.

Kong's nodes learn of changes from the Admin API, not from the database. So a change of the loopback runs the Job again,
and after it replaces the pods, which read everything anew.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

import pulumi
import pulumi_kubernetes as k8s

from components.platform.content import named_by_content
from components.platform.database_job import Workplace, database_job
from components.platform.environment import Environment
from entities.administration import Credential, Seed
from entities.readable import readable_yaml

_ALPHABET = "A-Za-z0-9._~+/=-"
"""What a key or password may consist of, so that it stands for itself in YAML and in a header."""
LOOPBACK = "GATEWAY_LOOPBACK"
"""The variable in Kong's pods that changes with the loopback."""
_FILE = "${TMPDIR:-/tmp}/administration.yml"
"""On a volume of the pod's own, gone with it."""


class KongSeeding(pulumi.ComponentResource):
    """A Job that writes the loopback, and runs again whenever it, the image or the database changes.

    It runs before any pod changes, and like the migrations it stops the update when it fails.
    """

    job: k8s.batch.v1.Job

    def __init__(
        self,
        name: str,
        *,
        seed: Seed,
        place: Workplace,
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`place` is that of the migrations: what it takes to reach the database."""
        super().__init__("omnify:platform:KongSeeding", name, None, opts)
        self.job = database_job(
            name,
            "kong-administration",
            container="administration",
            script=seeding_script(seed),
            place=replace(place, environment=place.environment | credentials(seed)),
            after=after,
            parent=self,
        )
        self.register_outputs({"job": self.job.metadata.name})


def credentials(seed: Seed) -> Environment:
    """The values for which the seed has placeholders."""
    return Environment({}, {each.placeholder: each.source for each in seed.credentials})


def seeding_script(seed: Seed) -> str:
    """What the Job runs: refuse weak credentials, put the others into the file, import it. It prints none of them."""
    return "\n".join(
        (
            "umask 077",  # the file has the credentials
            *(_refusal(each) for each in seed.credentials),
            f'cat > "{_FILE}" << ADMINISTRATION',
            f"{_expanded(readable_yaml(seed.document))}ADMINISTRATION",
            f'kong config db_import "{_FILE}"',
        )
    )


def loopback_fingerprint(seed: Seed) -> str:
    """What changes with the loopback, and with it the pods."""
    return named_by_content("loopback", seeding_script(seed), credentials(seed).facts())


def _refusal(credential: Credential) -> str:
    where = f"admin: {credential.who} {credential.name}: key {credential.source.key} of Secret {credential.source.name}"
    value = f"${credential.placeholder}"
    return (
        f'case "{value}" in (*[!{_ALPHABET}]*) echo "{where} may only have {_ALPHABET}" >&2; exit 1;; esac\n'
        f'[ "${{#{credential.placeholder}}}" -ge {credential.shortest} ] '
        f'|| {{ echo "{where} has fewer than {credential.shortest} characters" >&2; exit 1; }}'
    )


_PLACEHOLDER = re.compile(r"\\\$\{([A-Z0-9_]+)\}")


def _expanded(text: str) -> str:
    """A text for a here-document in which the shell puts values for the placeholders and leaves all else alone."""
    escaped = re.sub(r"[\\$`]", lambda found: f"\\{found[0]}", text)
    # In quotes, or a key of digits alone would be a number.
    return _PLACEHOLDER.sub(lambda found: f'"${{{found[1]}}}"', escaped)
