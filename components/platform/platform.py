"""The whole of a stack on Kubernetes, in the order in which it comes up."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import pulumi
import pulumi_kubernetes as k8s

from components.platform.certificates import KongCertificates, gateway_secret, wanted_certificates
from components.platform.database import KongDatabase
from components.platform.database_job import Workplace
from components.platform.environment import Environment
from components.platform.gateway import KongGateway
from components.platform.ingress import KongIngress
from components.platform.isolation import KongIsolation
from components.platform.kong_conf import gateway_environment, migrations_environment
from components.platform.management import ManagementApi
from components.platform.manager import manager_entrance
from components.platform.metadata import object_metadata
from components.platform.migrations import FINISH, PREPARE, KongMigrations, Step
from components.platform.monitoring import KongMonitoring, scraping
from components.platform.names import GATEWAY_LABELS, KONG, POSTGRES
from components.platform.namespace import GatewayNamespace
from components.platform.password import store_password
from components.platform.patching import Patching
from components.platform.redis import KongCounters
from components.platform.seeding import LOOPBACK, KongSeeding, loopback_fingerprint
from components.platform.services import KongServices
from config.admin import AdminInCluster
from config.cluster import Cluster
from config.counters import BundledRedis
from config.database import BundledDatabase
from config.edge import tls_end
from config.stack import StackSettings
from config.tls import CertManagerTls
from entities.administration import Seed


class KongPlatform(pulumi.ComponentResource):
    """Kong on Kubernetes: namespace, database, migrations, gateway, Services, Ingress.

    Takes its Kubernetes provider from `opts.provider` or `opts.providers`.
    """

    namespace: pulumi.Output[str]
    services: KongServices
    ready: Sequence[pulumi.Resource]
    """What Kong's entities wait for: with these there, Kong is migrated and its Admin API answers."""

    def __init__(
        self,
        name: str,
        *,
        settings: StackSettings,
        declarative: str | None = None,
        seed: Seed | None = None,
        password: Callable[[Cluster, str], str] = store_password,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`declarative` is the text of kong.yml, and belongs to DB-less mode. `seed` is the loopback to the Admin API.

        `password` finds that of a bundled store, by its Secret.

        Raises:
            ValueError: `declarative` is missing in DB-less mode, or there in database mode.
            ClusterUnreachableError: the cluster could not be asked for the password of a bundled store.
            pulumi.RunError: a patch has no object in this stack.
        """
        if (settings.mode == "dbless") != (declarative is not None):
            raise ValueError(f"mode {settings.mode!r} with kong.yml {'left out' if declarative is None else 'given'}")
        # Before anything is registered: what was, the engine would still try, and say its own failures instead.
        passwords = {secret: password(settings.cluster, secret) for secret in _bundled_stores(settings)}
        super().__init__("omnify:platform:KongPlatform", name, None, opts)
        self._name, self._settings = name, settings
        self._patching = Patching(settings.platform.patches)

        namespace = GatewayNamespace(name, settings=settings.cluster, opts=self._child())
        self.namespace = namespace.name
        self._account = self._service_account()
        KongIsolation(name, settings=settings, namespace=self.namespace, opts=self._child())

        end = tls_end(settings.ingress, settings.proxy_service)
        if isinstance(settings.ingress.tls, CertManagerTls):
            KongCertificates(
                name,
                tls=settings.ingress.tls,
                wanted=wanted_certificates(settings),
                namespace=self.namespace,
                opts=self._child(),
            )

        before = self._counters(passwords)
        before += self._database(passwords, seed) if settings.mode == "database" else []
        admin = settings.admin
        gateway = KongGateway(
            name,
            settings=settings.platform,
            environment=gateway_environment(settings) | _read_at_start(seed),
            trust=settings.trust,
            declarative=declarative,
            namespace=self.namespace,
            service_account=self._account,
            certificate=gateway_secret(settings.ingress) if end == "kong" else None,
            admin_certificate=admin.certificate_secret if isinstance(admin, AdminInCluster) else None,
            after=before,
            opts=self._child(),
        )
        self.services = KongServices(
            name,
            namespace=self.namespace,
            proxy_service=settings.proxy_service,
            admin=settings.admin,
            network=settings.network,
            tls=end,
            scraping=scraping(settings.observability),
            after=[gateway.deployment],
            opts=self._child(),
        )
        if settings.management is not None:
            ManagementApi(
                f"{name}-management",
                management=settings.management,
                settings=settings,
                stack=pulumi.get_stack(),
                namespace=self.namespace,
                opts=self._child(),
            )
        KongMonitoring(name, settings=settings, namespace=self.namespace, opts=self._child())
        ingress = KongIngress(
            name,
            settings=settings,
            manager=manager_entrance(settings),
            services=self.services,
            namespace=self.namespace,
            opts=self._child(),
        )
        after = [self._migrations(FINISH, [gateway.deployment])] if settings.mode == "database" else []
        self._patching.refuse_unused()
        # The loopback leads through the manager's host.
        self.ready = [self.services.admin, *after, *([ingress.manager] if seed and ingress.manager else [])]
        self.register_outputs({"namespace": self.namespace})

    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, transformations=[self._patching])

    def _service_account(self) -> pulumi.Output[str]:
        account = k8s.core.v1.ServiceAccount(
            self._name,
            metadata=object_metadata(KONG, namespace=self.namespace, labels=GATEWAY_LABELS),
            automount_service_account_token=False,
            opts=self._child(),
        )
        return account.metadata.name

    def _database(self, passwords: Mapping[str, str], seed: Seed | None) -> list[pulumi.Resource]:
        """A migrated database, with the loopback in it if there is one."""
        database = self._settings.database
        bundled = (
            [
                KongDatabase(
                    f"{self._name}-database",
                    settings=database,
                    namespace=self.namespace,
                    password=passwords[POSTGRES],
                    opts=self._child(),
                )
            ]
            if isinstance(database, BundledDatabase)
            else []
        )
        migrated = self._migrations(PREPARE, bundled)
        return [migrated if seed is None else self._seeding(seed, migrated)]

    def _seeding(self, seed: Seed, migrated: pulumi.Resource) -> pulumi.Resource:
        return KongSeeding(
            f"{self._name}-administration",
            seed=seed,
            place=self._workplace,
            after=[migrated],
            opts=self._child(),
        ).job

    def _counters(self, passwords: Mapping[str, str]) -> list[pulumi.Resource]:
        """What Kong's pods need to count; they come up without Redis itself."""
        counters = self._settings.counters
        if not isinstance(counters, BundledRedis):
            return []
        bundled = KongCounters(
            f"{self._name}-counters",
            settings=counters,
            namespace=self.namespace,
            password=passwords[counters.password_secret.name],
            opts=self._child(),
        )
        return [bundled.secret]

    @property
    def _workplace(self) -> Workplace:
        return Workplace(
            image=self._settings.platform.image,
            environment=migrations_environment(self._settings),
            trust=self._settings.trust,
            scheduling=self._settings.platform.scheduling,
            namespace=self.namespace,
            service_account=self._account,
        )

    def _migrations(self, step: Step, after: Sequence[pulumi.Resource]) -> k8s.batch.v1.Job:
        return KongMigrations(
            f"{self._name}-migrations-{step.name}",
            step=step,
            place=self._workplace,
            after=after,
            opts=self._child(),
        ).job


def _read_at_start(seed: Seed | None) -> Environment:
    """What Kong does not read itself: it replaces the pods when the loopback changes, of which nobody tells them."""
    return Environment({LOOPBACK: loopback_fingerprint(seed)} if seed else {})


def _bundled_stores(settings: StackSettings) -> Iterator[str]:
    """The Secrets of the stores that the stack brings along."""
    if settings.mode == "database" and isinstance(settings.database, BundledDatabase):
        yield POSTGRES
    if isinstance(settings.counters, BundledRedis):
        yield settings.counters.password_secret.name
