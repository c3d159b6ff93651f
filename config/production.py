"""The rules of a stack whose purpose is production: what serves for development is refused there."""

from collections.abc import Iterator

from config.counters import BundledRedis, Counters
from config.database import BundledDatabase, Database, ExternalDatabase
from config.problems import Problem
from config.trust import Trust


def production_keeps_its_data(purpose: str, mode: str, database: Database) -> Iterator[Problem]:
    """The bundled PostgreSQL is one pod without backups."""
    if purpose == "production" and mode == "database" and isinstance(database, BundledDatabase):
        yield Problem(
            ("database", "kind"),
            "'bundled' is one pod without backups, so not for purpose 'production'; "
            "write 'external' with host and credentialsSecret, or mode: dbless",
        )


def production_knows_its_database(purpose: str, mode: str, database: Database, trust: Trust) -> Iterator[Problem]:
    """Whoever stands in for the database gets every credential that Kong has."""
    if purpose != "production" or mode != "database" or not isinstance(database, ExternalDatabase):
        return
    if database.tls != "verify":
        yield Problem(
            ("database", "tls"),
            f"{database.tls!r} would give the credentials to whoever answers in the database's place; write 'verify'",
        )
    elif not trust.authorities:
        yield Problem(
            ("trust", "authorities"),
            "is missing: Kong does not look at the name on the database's certificate, so any certificate of a public "
            "authority would do; name the one that signs for the database, such as [{configMap: <name>, key: ca.crt}]",
        )


def production_counts_where_somebody_looks_after_it(purpose: str, counters: Counters) -> Iterator[Problem]:
    """The bundled Redis is one pod without a volume."""
    if purpose == "production" and isinstance(counters, BundledRedis):
        yield Problem(
            ("counters", "kind"),
            "'bundled' is one pod that forgets every count when it ends, so not for purpose 'production'; "
            "write 'external' with host and passwordSecret",
        )
