"""A route: an entry of `routes:` of an API of `apis:`."""

from collections.abc import Iterator, Sequence
from typing import Any

from management.declaring.kind import (
    AlreadyDeclaredError,
    Body,
    Placed,
    index_of,
    items,
    missing,
    named,
    refuse,
)
from management.models.declarations import RouteDeclaration
from management.models.stats import Resource
from management.stack.edit import StackEdit
from management.stack.yaml import styled, update


class Routes:
    """The routes of a stack."""

    resource = Resource.ROUTES
    model = RouteDeclaration
    sections = ("apis",)

    def declared(self, edit: StackEdit) -> Iterator[tuple[str, Body]]:
        """What the stack declares."""
        for api in items(edit.value("apis")):
            for route in items(api.get("routes")):
                yield str(route["name"]), {"service": api["name"], **route}

    def declare(self, edit: StackEdit, body: Body) -> Placed:
        """Add one to a service."""
        name = body.get("name")
        found = _find(edit, name)
        if found is not None:
            service = items(edit.value("apis"))[found[0]]["name"]
            raise AlreadyDeclaredError(f"the service {service!r} has a route {name!r} already; change that one")
        api = _service(edit, body)
        routes = edit.change("apis", [])[api]["routes"]
        routes.append(styled(_route(body), short=False))
        return Placed(("apis", api, "routes", len(routes) - 1))

    def change(self, edit: StackEdit, name: str, body: Body) -> Placed:
        """Make one say what was sent; with another service it moves there, and without one it stays."""
        whole = named(name, body)
        api, index = _place(edit, name)
        if "service" not in whole:
            whole = {**whole, "service": items(edit.value("apis"))[api]["name"]}
        target = _service(edit, whole)
        apis = edit.change("apis", [])
        if target == api:
            update(apis[api]["routes"][index], _route(whole))
            return Placed(("apis", api, "routes", index))
        route = apis[api]["routes"].pop(index)
        update(route, _route(whole))
        apis[target]["routes"].append(route)
        return Placed(("apis", target, "routes", len(apis[target]["routes"]) - 1))

    def remove(self, edit: StackEdit, name: str) -> None:
        """Remove one."""
        api, index = _place(edit, name)
        del edit.change("apis", [])[api]["routes"][index]


def _route(body: Body) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != "service"}


def _names(edit: StackEdit) -> Sequence[str]:
    return [str(api["name"]) for api in items(edit.value("apis"))]


def _service(edit: StackEdit, body: Body) -> int:
    """Which service was sent."""
    apis = items(edit.value("apis"))
    if "service" not in body:
        raise refuse("service", f"is missing; write one of {', '.join(_names(edit))}")
    index = index_of(apis, body["service"])
    if index is None:
        raise refuse("service", f"there is no service {body['service']!r}; write one of {', '.join(_names(edit))}")
    return index


def _find(edit: StackEdit, name: object) -> tuple[int, int] | None:
    for api, each in enumerate(items(edit.value("apis"))):
        index = index_of(items(each.get("routes")), name)
        if index is not None:
            return api, index
    return None


def _place(edit: StackEdit, name: str) -> tuple[int, int]:
    found = _find(edit, name)
    if found is None:
        known = [str(route["name"]) for api in items(edit.value("apis")) for route in items(api.get("routes"))]
        raise missing("route", name, known)
    return found
