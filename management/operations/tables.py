"""The tables of operations, for SQLite and PostgreSQL, made at start where they are not there."""

from typing import Final

from sqlalchemy import JSON, BigInteger, Column, DateTime, Index, Integer, MetaData, String, Table, Text, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

SCHEMA: Final = 1
"""The version of these tables. A newer program may read an older version's; it says so where it cannot."""

metadata: Final = MetaData()
_NUMBER: Final = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts up in columns of the type INTEGER alone."""

versions: Final = Table("management_schema", metadata, Column("version", Integer, nullable=False))

operations: Final = Table(
    "management_operations",
    metadata,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("stack", String(100), nullable=False),
    Column("verb", String(20), nullable=False),
    Column("resource", String(255), nullable=False),
    Column("name", String(400), nullable=False),
    Column("status", String(20), nullable=False),
    Column("summary", Text, nullable=False),
    Column("subject", String(255), nullable=False),
    Column("asker", String(255), nullable=False),
    Column("address", String(64), nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("times", Integer, nullable=False),
    Column("applied", Integer, nullable=False),
    Column("body", JSON, nullable=False),
    Index("management_operations_by_stack", "stack", "number"),
    Index("management_operations_by_status", "stack", "status", "number"),
)
"""`body` has what only the whole operation tells; `applied` is 1 where the stack was applied to its end."""

steps: Final = Table(
    "management_steps",
    metadata,
    Column("operation", String(32), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("body", JSON, nullable=False),
)


class SchemaError(Exception):
    """The database has tables of another version; says which."""


async def prepare(connection: AsyncConnection) -> None:
    """Make the tables where they are not there.

    Raises:
        SchemaError: they are of a version that this program does not know.
    """
    await connection.run_sync(metadata.create_all)
    found = (await connection.execute(select(versions.c.version))).scalar()
    if found is None:
        await connection.execute(insert(versions).values(version=SCHEMA))
    elif found != SCHEMA:
        raise SchemaError(
            f"the database has version {found} of the management API's tables, and this program knows {SCHEMA}; "
            "run the release that made them, or give it another database"
        )
