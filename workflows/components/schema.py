"""The schema of Temporal's stores: made, and brought to the version of the tools' image, before any server starts."""

from collections.abc import Iterator

from workflows.components.once import Step
from workflows.components.store import Store, authority_mounts, authority_volumes

SCHEMA = "temporal-schema"
TOOLS_USER = 1000
"""The user `temporal` of Temporal's images."""
_SCHEMA_DIRECTORY = "/etc/temporal/schema/postgresql/v12"
"""Where the tools' image has it (Temporal: docker/targets/admin-tools.Dockerfile)."""


def schema_step(store: Store, *, image: str) -> Step:
    """One Job for both stores: its commands do nothing where there is nothing to do.

    `setup-schema` leaves a schema alone that is newer than what it begins with, and `update-schema` runs the versions
    that are missing, each once (Temporal: tools/common/schema). A new schema serves the servers of the version before,
    so it comes before their pods.
    """
    return Step(
        name=SCHEMA,
        component="schema",
        image=image,
        command=("sh", "-ec", "\n".join(_commands(store))),
        user=TOOLS_USER,
        environment=store.tool_environment(),
        volumes=authority_volumes(store.authority),
        mounts=authority_mounts(store.authority),
        depends=(store.authority.model_dump() if store.authority else None,),
        deadline_seconds=900,
    )


def _commands(store: Store) -> Iterator[str]:
    for database, folder in ((store.name, "temporal"), (store.visibility_name, "visibility")):
        tool = f"temporal-sql-tool --database {database}"
        if store.create:
            yield f"{tool} create-database --defaultdb postgres"
        yield f"{tool} setup-schema -v 0.0"
        yield f"{tool} update-schema --schema-dir {_SCHEMA_DIRECTORY}/{folder}/versioned"
