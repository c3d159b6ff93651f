"""The components of a run of the program: what each registers, and what it waits for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Final

from gateway.recording import Recording, Registration

_CONTENT: Final = re.compile(r"-[0-9a-f]{10}$")
"""The end of a name that follows from a content: it differs with every change of it."""


@dataclass(frozen=True)
class Component:
    """A component with the resources that are its own."""

    urn: str
    type: str
    name: str
    resources: tuple[Registration, ...]
    needs: frozenset[str]
    """The components whose resources its own wait for."""

    @property
    def title(self) -> str:
        """The class in components/, as far as it tells."""
        return self.type.rpartition(":")[2]


def components(recording: Recording) -> Mapping[str, Component]:
    """The components of a run that have resources of their own, by URN."""
    own: dict[str, list[Registration]] = {}
    for each in recording.registrations:
        if each.custom and each.provider:
            own.setdefault(each.parent, []).append(each)
    home = {each.urn: parent for parent, resources in own.items() for each in resources}
    return {
        each.urn: Component(
            urn=each.urn,
            type=each.type,
            name=each.name,
            resources=tuple(sorted(own[each.urn], key=lambda resource: (kind(resource), resource.name))),
            needs=frozenset(home[urn] for resource in own[each.urn] for urn in resource.dependencies if urn in home)
            - {each.urn},
        )
        for each in recording.registrations
        if not each.custom and each.urn in own
    }


def layers(known: Mapping[str, Component]) -> list[list[Component]]:
    """The components in the order in which they come up; those of a layer need nothing of each other."""
    sorter = TopologicalSorter({each.urn: each.needs for each in known.values()})
    sorter.prepare()
    found: list[list[Component]] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=lambda urn: (known[urn].title, known[urn].name))
        found.append([known[urn] for urn in ready])
        sorter.done(*ready)
    return found


def needed(known: Mapping[str, Component], component: Component) -> frozenset[str]:
    """What a component needs and has not already through something else that it needs."""
    through = {further for urn in component.needs for further in _all_needs(known, urn)}
    return component.needs - through


def _all_needs(known: Mapping[str, Component], urn: str) -> frozenset[str]:
    direct = known[urn].needs
    return direct.union(*(_all_needs(known, each) for each in direct))


def kind(resource: Registration) -> str:
    """What sort of thing it is, in Kubernetes' or Kong's terms."""
    return resource.type.rpartition(":")[2]


def called(resource: Registration) -> str:
    """What it is called in the cluster, or in Kong."""
    metadata = resource.properties.values.get("metadata")
    return _CONTENT.sub("-…", metadata["name"]) if metadata else resource.name
