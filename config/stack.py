"""The whole of what a stack may say."""

from typing import Literal

from pydantic import Field

from config.admin import Admin, AdminTunnel
from config.apis import Api, Backends
from config.auth import Auth
from config.cluster import Cluster
from config.counters import Counters, LocalCounters, SecretKey
from config.database import BundledDatabase, Database
from config.drift import Drift
from config.ingress import Ingress
from config.lint import Lint
from config.management import Management
from config.network import Network
from config.observability import Observability
from config.platform import Platform
from config.plugins import Plugin
from config.proxy_service import ClusterIpService, ProxyService
from config.raw import RawEntities
from config.settings import Settings
from config.tiers import Limits, Tier
from config.traffic import Cors, Traffic
from config.trust import Trust
from config.vault import Vault


class StackSettings(Settings):
    """One field for each key that a stack file may have under `omnify-gateway:`.

    A key in a stack's file replaces the same key of Pulumi.yaml as a whole; there is no deep merge.
    """

    mode: Literal["database", "dbless"] = "database"
    """`database`: each entity is a tracked resource. `dbless`: Kong reads one declarative file and has no database."""
    edition: Literal["oss", "enterprise"] = "oss"
    """Kong's edition, which decides what plugins there are."""
    purpose: Literal["development", "production"] = "development"
    """What the stack is for. In `production` all is refused that is for development alone, such as a database without
    backups."""
    cluster: Cluster
    """Which Kubernetes cluster the stack lives in."""
    platform: Platform = Platform()
    """How Kong's pods run."""
    database: Database = BundledDatabase(kind="bundled")
    """The PostgreSQL that Kong keeps its entities in. Not used in DB-less mode."""
    vault: Vault = Field(default_factory=dict[str, SecretKey])
    """Secrets of the namespace to which plugins and `platform.properties` refer as `{vault://env/NAME}`."""
    counters: Counters = LocalCounters(policy="local")
    """Where rate limits are counted."""
    trust: Trust = Trust()
    """Whose certificates Kong believes when it connects."""
    admin: Admin = AdminTunnel(access="tunnel")
    """How this program reaches Kong's Admin API."""
    ingress: Ingress = Ingress()
    """The names under which people reach the gateway."""
    proxy_service: ProxyService = ClusterIpService(type="ClusterIP")
    """The Service before the proxy: for the Ingress, or a load balancer of its own."""
    network: Network = Network()
    """Who may speak with the gateway's pods, and with whom they may speak."""
    auth: Auth
    """How the gateway knows who calls."""
    limits: Limits = Limits(minute=1_000, hour=60_000, day=1_440_000)
    """The standard limit, of which a tier has `times` as much."""
    tiers: tuple[Tier, ...]
    """The classes of customers."""
    apis: tuple[Api, ...]
    """The services behind the gateway and their routes."""
    backends: Backends
    """The URL of each API's backend in this stack, by the API's name."""
    traffic: Traffic = Traffic()
    """Limits and marks of every request."""
    cors: Cors | None = None
    """What browsers on other origins may do; nothing when left out."""
    observability: Observability = Observability()
    """Metrics and request logs."""
    plugins: tuple[Plugin, ...] = ()
    """Further Kong plugins, in Kong's own terms."""
    management: Management | None = None
    """The management API and its page, behind the gateway; none when left out."""
    drift: Drift = Drift()
    """How the live gateway is compared with what is declared."""
    entities: RawEntities = RawEntities()
    """Further entities of any kind, in Kong's own terms."""
    lint: Lint = Lint()
    """What lint finds and this stack leaves as it is."""
