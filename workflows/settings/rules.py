"""The rules between sections, and those of a stack whose purpose is production."""

from collections.abc import Iterator, Sequence

from config.database import BundledDatabase
from config.problems import Location, Problem
from config.rules import Rule
from workflows.settings.database import Database
from workflows.settings.network import Network
from workflows.settings.temporal import SERVICES, Apart, Temporal
from workflows.settings.ui import Ui
from workflows.settings.workers import Api, Workers


def production_keeps_its_data(purpose: str, database: Database) -> Iterator[Problem]:
    """The bundled PostgreSQL is one pod without backups, and whoever stands in for another one gets everything."""
    if purpose != "production":
        return
    if isinstance(database, BundledDatabase):
        yield Problem(
            ("database", "kind"),
            "'bundled' is one pod without backups, so not for purpose 'production'; "
            "write 'external' with host and credentialsSecret",
        )
    elif database.tls != "verify":
        yield Problem(
            ("database", "tls"),
            f"{database.tls!r} would give the credentials to whoever answers in the database's place; write 'verify'",
        )


def production_stays_up(purpose: str, temporal: Temporal) -> Iterator[Problem]:
    """One pod is none whenever its node goes."""
    if purpose != "production":
        return
    if not isinstance(temporal.layout, Apart):
        yield Problem(
            ("temporal", "layout", "kind"),
            "'together' restarts every service at once, so not for purpose 'production'; write 'apart'",
        )
        return
    for service in SERVICES:
        yield from _at_least_two(temporal.layout.of(service).replicas, ("temporal", "layout", service, "replicas"))


def production_goes_on_working(purpose: str, workers: Workers) -> Iterator[Problem]:
    """The same of the workers."""
    if purpose == "production":
        yield from _at_least_two(workers.pods.replicas, ("workers", "pods", "replicas"))


def production_answers(purpose: str, api: Api) -> Iterator[Problem]:
    """The same of the API."""
    if purpose == "production":
        yield from _at_least_two(api.pods.replicas, ("api", "pods", "replicas"))


def _at_least_two(replicas: int, at: Location) -> Iterator[Problem]:
    if replicas < 2:
        yield Problem(at, "1 pod is none whenever its node goes, so not for purpose 'production'; write at least 2")


def production_pins_temporal(purpose: str, temporal: Temporal) -> Iterator[Problem]:
    """A tag can be moved to another image, which nobody has tried."""
    if purpose == "production":
        yield from _pinned(temporal.image, ("temporal", "image"))
        yield from _pinned(temporal.tools_image, ("temporal", "toolsImage"))


def production_pins_the_interface(purpose: str, ui: Ui) -> Iterator[Problem]:
    """The same of the interface and its login."""
    if purpose == "production":
        yield from _pinned(ui.image, ("ui", "image"))
        if ui.login is not None:
            yield from _pinned(ui.login.image, ("ui", "login", "image"))


def production_pins_the_workers(purpose: str, workers: Workers) -> Iterator[Problem]:
    """The same of the workers, of which another image under the same build id breaks what runs."""
    if purpose == "production":
        for index, version in enumerate(workers.versions):
            yield from _pinned(version.image, ("workers", "versions", index, "image"))


def _pinned(image: str, at: Location) -> Iterator[Problem]:
    if "@sha256:" not in image:
        yield Problem(at, f"{image!r} may change; write '{image}@sha256:…'")


def tools_are_of_the_servers_version(temporal: Temporal) -> Iterator[Problem]:
    """The tools bring the schema, and a server refuses to start on an older one."""
    server, tools = (_version(image) for image in (temporal.image, temporal.tools_image))
    if server != tools:
        yield Problem(
            ("temporal", "toolsImage"),
            f"has the schema of {tools}, and the server is {server}; write the tag '{server}'",
        )


def the_login_stands_before_the_interface(ui: Ui, network: Network) -> Iterator[Problem]:
    """The interface itself asks nobody; policies keep every other pod from its port."""
    if ui.login is not None and not network.enforced:
        yield Problem(
            ("network", "enforced"),
            "must be true with ui.login: policies keep other pods from the interface behind the login",
        )


def versions_are_told_apart(workers: Workers) -> Iterator[Problem]:
    """Temporal and Kubernetes know a version by its build id."""
    ids = [version.build_id for version in workers.versions]
    for index, build_id in enumerate(ids):
        if build_id in ids[:index]:
            yield Problem(
                ("workers", "versions", index, "buildId"), f"{build_id!r} is another version's already; write another"
            )


def _version(image: str) -> str:
    return image.partition("@")[0].rpartition(":")[2]


RULES: Sequence[Rule] = (
    Rule(production_keeps_its_data),
    Rule(production_stays_up),
    Rule(production_goes_on_working),
    Rule(production_answers),
    Rule(production_pins_temporal),
    Rule(production_pins_the_interface),
    Rule(production_pins_the_workers),
    Rule(tools_are_of_the_servers_version),
    Rule(the_login_stands_before_the_interface),
    Rule(versions_are_told_apart),
)
