"""A service: an API of `apis:` with its backend of `backends:`."""

from collections.abc import Iterator

from pydantic import JsonValue

from config.problems import Location
from management.declaring.kind import AlreadyDeclaredError, Body, Placed, index_of, items, mapping, missing, named
from management.models.declarations import ServiceDeclaration
from management.models.stats import Resource
from management.stack.edit import StackEdit
from management.stack.yaml import styled, update


class Services:
    """The services of a stack."""

    resource = Resource.SERVICES
    model = ServiceDeclaration
    sections = ("apis", "backends")

    def declared(self, edit: StackEdit) -> Iterator[tuple[str, Body]]:
        """What the stack declares."""
        backends = mapping(edit.value("backends"))
        for api in items(edit.value("apis")):
            name = str(api["name"])
            yield name, {"name": name, "url": backends.get(name), **api}

    def declare(self, edit: StackEdit, body: Body) -> Placed:
        """Add one, with its routes."""
        name = body.get("name")
        if index_of(items(edit.value("apis")), name) is not None:
            raise AlreadyDeclaredError(f"the stack declares a service {name!r} already; change that one")
        apis = edit.change("apis", [])
        apis.append(styled(_api(body), short=False))
        return _placed(edit, len(apis) - 1, body)

    def change(self, edit: StackEdit, name: str, body: Body) -> Placed:
        """Make one say what was sent; without `routes` and `url` it keeps those it has."""
        whole = named(name, body)
        index = _index(edit, name)
        before = edit.value("apis")
        api = _api(whole)
        if "routes" not in whole:
            api["routes"] = items(before)[index].get("routes", [])
        update(edit.change("apis", [])[index], api)
        return _placed(edit, index, whole)

    def remove(self, edit: StackEdit, name: str) -> None:
        """Remove one with its routes and its backend."""
        del edit.change("apis", [])[_index(edit, name)]
        if name in mapping(edit.value("backends")):
            del edit.change("backends", {})[name]


def _api(body: Body) -> dict[str, JsonValue]:
    return {key: value for key, value in body.items() if key != "url"}


def _placed(edit: StackEdit, index: int, body: Body) -> Placed:
    name = body.get("name")
    location: Location = ("apis", index)
    if not isinstance(name, str):
        return Placed(location)
    if "url" in body and mapping(edit.value("backends")).get(name) != body["url"]:
        edit.change("backends", {})[name] = body["url"]
    return Placed(location, {("backends", name): "url", (*location, "name"): "name"})


def _index(edit: StackEdit, name: str) -> int:
    apis = items(edit.value("apis"))
    index = index_of(apis, name)
    if index is None:
        raise missing("service", name, [str(api["name"]) for api in apis])
    return index
