"""Policies on stacks that declare themselves production."""

from collections.abc import Callable, Iterator
from typing import Final

from policies.policy import Broken, Policy
from policies.subject import Subject, listed, mapping

_DIGEST: Final = "@sha256:"
_DATABASE: Final = "KONG_PG_HOST"


def _in_production(broken: Callable[[Subject], Iterator[Broken]]) -> Callable[[Subject], Iterator[Broken]]:
    return lambda subject: broken(subject) if subject.settings.purpose == "production" else iter(())


def _unpinned(subject: Subject) -> Iterator[Broken]:
    for each in subject.workloads:
        for container in each.all_containers:
            image = container.get("image")
            if isinstance(image, str) and _DIGEST not in image:
                yield Broken(each.title, f"container {container.get('name')} runs {image}, which may change", each.urn)


def _without_tls(subject: Subject) -> Iterator[Broken]:
    for each in subject.objects:
        if each.kind == "Ingress":
            hosts = {str(rule.get("host")) for rule in listed(each.spec.get("rules"))}
            covered = {str(host) for entry in listed(each.spec.get("tls")) for host in entry.get("hosts") or ()}
            for host in sorted(hosts - covered):
                yield Broken(each.title, f"{host} is served by plain HTTP", each.urn)


def _plain_origins(subject: Subject) -> Iterator[Broken]:
    for plugin in subject.kong.of("plugins"):
        if plugin.get("name") == "cors" and plugin.get("enabled") is not False:
            for origin in mapping(plugin.get("config")).get("origins") or ():
                if str(origin).startswith("http://"):
                    yield Broken("cors", f"{origin} may be changed by everybody on its way", str(plugin["id"]))


def _unprotected_database(subject: Subject) -> Iterator[Broken]:
    for each in subject.objects:
        if each.kind == "StatefulSet" and listed(each.spec.get("volumeClaimTemplates")):
            yield Broken(each.title, "is a database that nobody backs up", each.urn)
    for each in subject.workloads:
        for container in each.containers:
            environment = {str(entry.get("name")): entry.get("value") for entry in listed(container.get("env"))}
            if _DATABASE in environment and environment.get("KONG_PG_SSL_VERIFY") != "on":
                yield Broken(each.title, f"connects to {environment[_DATABASE]} without checking who that is", each.urn)


POLICIES = (
    Policy(
        name="images-are-pinned",
        summary="In production every image is named by its digest.",
        why="A tag can be moved: the pods of tomorrow would run what nobody has looked at.",
        instead="write name:tag@sha256:…",
        broken=_in_production(_unpinned),
    ),
    Policy(
        name="names-have-tls",
        summary="In production every host is served by TLS.",
        why="A token that travels in the clear belongs to everybody on its way.",
        instead="write ingress.tls",
        broken=_in_production(_without_tls),
    ),
    Policy(
        name="origins-have-tls",
        summary="In production no page that came by plain HTTP may call the APIs.",
        why="Who changes such a page on its way acts as its user.",
        instead="write https:// origins under cors",
        broken=_in_production(_plain_origins),
    ),
    Policy(
        name="database-is-protected",
        summary="In production the database is an external one, by TLS, and its certificate is checked.",
        why="Everything that Kong knows, credentials included, is in it.",
        instead="write database: {kind: external, tls: verify, …}",
        broken=_in_production(_unprotected_database),
    ),
)
