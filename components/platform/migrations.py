"""`kong migrations`, run around each new version of Kong.

Kong migrates in two steps: `up` adds what the new version needs and leaves what the old one uses; `finish` takes that
away, when the new pods have taken over (Kong: kong/cmd/utils/migrations.lua).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components.platform.database_job import Workplace, database_job


@dataclass(frozen=True)
class Step:
    """What a shell runs; it does nothing where there is nothing to do."""

    name: str
    script: str


PREPARE = Step(
    "up",
    """\
kong migrations bootstrap
found=$(kong migrations list) || [ $? -ge 4 ]
echo "$found"
case "$found" in
  *"Pending migrations"*"New migrations"*) kong migrations finish; kong migrations up ;;
  *"New migrations"*) kong migrations up ;;
esac""",
)
"""Before new pods. `bootstrap` fills an empty database and leaves any other alone. `list` ends with 4 or 5 where some
are pending or new (Kong: kong/cmd/migrations.lua). `up` refuses while an earlier upgrade is unfinished, hence `finish`.
But what is pending of this version alone stays so: old pods may still run, and need what `finish` takes away."""
FINISH = Step("finish", "kong migrations finish")
"""After the new pods have taken over."""


class KongMigrations(pulumi.ComponentResource):
    """A Job that runs one step, and runs again whenever the image or the database changes."""

    job: k8s.batch.v1.Job

    def __init__(
        self,
        name: str,
        *,
        step: Step,
        place: Workplace,
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("omnify:platform:KongMigrations", name, None, opts)
        self.job = database_job(
            name,
            f"kong-migrations-{step.name}",
            container="migrations",
            script=step.script,
            place=place,
            after=after,
            parent=self,
        )
        self.register_outputs({"job": self.job.metadata.name})
