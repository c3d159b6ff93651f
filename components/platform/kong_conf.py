"""Kong's own configuration (kong.conf), as environment variables, from a stack's settings.

Kong reads each property `name` from `KONG_NAME`. The source of every property is Kong 3.9's kong.conf.default.
"""

from collections.abc import Iterator, Mapping

from components.platform.edge_conf import SOCKET, edge_environment, everywhere
from components.platform.environment import Environment
from components.platform.names import (
    ADMIN,
    ADMIN_TLS,
    MANAGER,
    METRICS,
    POSTGRES,
    Listener,
    manager_url,
)
from components.platform.trusted import trusted_certificates
from config.admin import AdminInCluster, AdminLoopback
from config.auth import OidcAuth
from config.counters import BundledRedis, ExternalRedis, SecretKey
from config.database import BundledDatabase, Database, ExternalDatabase
from config.stack import StackSettings
from entities.administration.entrances import PEOPLE_PATH
from entities.limits import REDIS_PASSWORD
from entities.vault import environment_variable

PREFIX = "/kong_prefix"
"""Where Kong keeps its working files: a volume, because the image's file system is read-only."""
DECLARATIVE_DIRECTORY = "/etc/kong"
DECLARATIVE_FILE = "kong.yml"
ADMIN_CERTIFICATE_DIRECTORY = "/etc/kong-admin"
"""Where the Admin API's certificate is mounted, with its key and the authority of its clients."""
DATABASE_NAME = "kong"
"""The database in the bundled PostgreSQL."""

_UNITS: Mapping[object, int] = {"megabytes": 2**20, "kilobytes": 2**10, "bytes": 1}


def gateway_environment(settings: StackSettings) -> Environment:
    """What the gateway's pods run with."""
    own = _store(settings) | _listeners(settings) | _nginx(settings) | edge_environment(settings)
    return _further(settings) | own | _trust(settings) | _logs(settings) | _traces(settings) | _referenced(settings)


def migrations_environment(settings: StackSettings) -> Environment:
    """What Kong's commands run with: the database, the plugins whose tables they must make, and where their Lua is."""
    place = _further(settings, "lua_") | Environment({"KONG_PREFIX": PREFIX})
    return _database(settings.database) | _plugins(settings) | _trust(settings) | place


def _further(settings: StackSettings, beginning: str = "") -> Environment:
    """The stack's own properties, all or those of a group."""
    found = settings.platform.properties.items()
    return Environment({f"KONG_{name.upper()}": value for name, value in found if name.startswith(beginning)})


def _store(settings: StackSettings) -> Environment:
    if settings.mode == "database":
        return _database(settings.database)
    return Environment(
        {
            "KONG_DATABASE": "off",
            "KONG_DECLARATIVE_CONFIG": f"{DECLARATIVE_DIRECTORY}/{DECLARATIVE_FILE}",
            # Kong keeps it as LMDB under its prefix. By default that may outgrow the volume (2 GB), and the pod goes.
            "KONG_LMDB_MAP_SIZE": "256m",
        }
    )


def _database(database: Database) -> Environment:
    return Environment({"KONG_DATABASE": "postgres"}) | (
        _bundled() if isinstance(database, BundledDatabase) else _external(database)
    )


def _bundled() -> Environment:
    place = {"KONG_PG_HOST": POSTGRES, "KONG_PG_PORT": "5432", "KONG_PG_DATABASE": DATABASE_NAME}
    return Environment(place, _credentials(POSTGRES))


def _external(database: ExternalDatabase) -> Environment:
    encrypted = "off" if database.tls == "off" else "on"
    place = {
        "KONG_PG_HOST": database.host,
        "KONG_PG_PORT": str(database.port),
        "KONG_PG_DATABASE": database.name,
        "KONG_PG_SSL": encrypted,
        # Only Enterprise knows it. OSS falls back to plain text when the server offers no TLS: let pg_hba.conf refuse.
        "KONG_PG_SSL_REQUIRED": encrypted,
        "KONG_PG_SSL_VERIFY": "on" if database.tls == "verify" else "off",
    }
    return Environment(place, _credentials(database.credentials_secret))


def _credentials(secret: str) -> dict[str, SecretKey]:
    return {
        "KONG_PG_USER": SecretKey(name=secret, key="username"),
        "KONG_PG_PASSWORD": SecretKey(name=secret, key="password"),
    }


def _trust(settings: StackSettings) -> Environment:
    """Kong's own default are the public authorities."""
    if not settings.trust.authorities:
        return Environment({})
    return Environment({"KONG_LUA_SSL_TRUSTED_CERTIFICATE": trusted_certificates(settings.trust)})


def _plugins(settings: StackSettings) -> Environment:
    community = ("oidc",) if isinstance(settings.auth, OidcAuth) else ()
    return Environment({"KONG_PLUGINS": ",".join(("bundled", *community, *settings.platform.custom_plugins))})


def _listeners(settings: StackSettings) -> Environment:
    families = settings.network.families
    manager = everywhere(families, MANAGER) if settings.ingress.manager_auth is not None else _inside(MANAGER)
    return _admin(settings) | Environment(
        {
            "KONG_STATUS_LISTEN": everywhere(families, METRICS),
            "KONG_ADMIN_GUI_LISTEN": manager,
            "KONG_ADMIN_GUI_URL": manager_url(settings),
            "KONG_ADMIN_GUI_API_URL": _manager_admin_url(settings),
        }
    )


def _admin(settings: StackSettings) -> Environment:
    """The Admin API: inside the pod, where forwarded ports and the loopback end, and for peers with certificates."""
    if not isinstance(settings.admin, AdminInCluster):
        return Environment({"KONG_ADMIN_LISTEN": _inside(ADMIN)})
    return Environment(
        {
            "KONG_ADMIN_LISTEN": f"{_inside(ADMIN)}, {everywhere(settings.network.families, ADMIN_TLS, 'ssl')}",
            "KONG_ADMIN_SSL_CERT": f"{ADMIN_CERTIFICATE_DIRECTORY}/tls.crt",
            "KONG_ADMIN_SSL_CERT_KEY": f"{ADMIN_CERTIFICATE_DIRECTORY}/tls.key",
            "KONG_NGINX_ADMIN_SSL_CLIENT_CERTIFICATE": f"{ADMIN_CERTIFICATE_DIRECTORY}/ca.crt",
            "KONG_NGINX_ADMIN_SSL_VERIFY_CLIENT": "on",
        }
    )


def _manager_admin_url(settings: StackSettings) -> str:
    """Where a browser with Kong Manager finds the Admin API."""
    behind_the_loopback = isinstance(settings.admin, AdminLoopback) and settings.admin.people
    return f"{manager_url(settings)}{PEOPLE_PATH}" if behind_the_loopback else settings.ingress.manager_admin_url


def _inside(listener: Listener) -> str:
    """Reached from inside the pod alone, and so through forwarded ports: the node connects there."""
    return f"127.0.0.1:{listener.port} {SOCKET}"


def _nginx(settings: StackSettings) -> Environment:
    return _plugins(settings) | Environment(
        {
            "KONG_PREFIX": PREFIX,
            # nginx counts the node's cores, not the container's share of them.
            "KONG_NGINX_WORKER_PROCESSES": str(settings.platform.workers),
            "KONG_MEM_CACHE_SIZE": f"{settings.platform.cache_megabytes}m",
            # By default nginx takes a body of any size and writes it to disk before a plugin can refuse it.
            "KONG_NGINX_HTTP_CLIENT_MAX_BODY_SIZE": str(largest_body(settings)),
            "KONG_ANONYMOUS_REPORTS": "off",
        }
    )


def _logs(settings: StackSettings) -> Environment:
    """Errors on standard error. Standard output is for file-log's JSON lines alone.

    nginx's own access log is off: it would print query strings.
    """
    return Environment(
        {
            "KONG_LOG_LEVEL": settings.platform.log_level,
            "KONG_PROXY_ACCESS_LOG": "off",
            "KONG_PROXY_ERROR_LOG": "/dev/stderr",
            "KONG_ADMIN_ACCESS_LOG": "/dev/stderr",
            "KONG_ADMIN_ERROR_LOG": "/dev/stderr",
            "KONG_ADMIN_GUI_ACCESS_LOG": "off",
            "KONG_ADMIN_GUI_ERROR_LOG": "/dev/stderr",
            "KONG_STATUS_ACCESS_LOG": "off",
            "KONG_STATUS_ERROR_LOG": "/dev/stderr",
        }
    )


def _traces(settings: StackSettings) -> Environment:
    tracing = settings.observability.tracing
    if tracing is None:
        return Environment({})
    return Environment(
        {
            "KONG_TRACING_INSTRUMENTATIONS": ",".join(tracing.instrumentations),
            "KONG_TRACING_SAMPLING_RATE": str(tracing.sampling_rate),
        }
    )


def _referenced(settings: StackSettings) -> Environment:
    """The secrets to which entities refer as `{vault://env/…}`."""
    counters = settings.counters
    secrets = dict(settings.vault)
    if isinstance(counters, BundledRedis | ExternalRedis) and counters.password_secret is not None:
        secrets[REDIS_PASSWORD] = counters.password_secret
    return Environment({}, {environment_variable(name): key for name, key in secrets.items()})


def largest_body(settings: StackSettings) -> int:
    """The largest request body, in bytes, that any request may have; 0 when any size is taken, as nginx says it."""
    return 0 if settings.traffic.max_body is None else max(_bodies(settings, settings.traffic.max_body))


def _bodies(settings: StackSettings, standard: int) -> Iterator[int]:
    yield standard * 2**20
    for api in settings.apis:
        yield from (route.max_body * 2**20 for route in api.routes if route.max_body is not None)
    further = [(plugin.name, plugin.config) for plugin in settings.plugins]
    raw = [(plugin.get("name"), plugin.get("config")) for plugin in settings.entities.plugins]
    for name, config in (*further, *raw):
        if name == "request-size-limiting" and isinstance(config, dict):
            allowed = config.get("allowed_payload_size", 128)
            if isinstance(allowed, int):
                yield allowed * _UNITS.get(config.get("size_unit", "megabytes"), 1)
