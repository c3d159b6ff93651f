"""A plugin: an entry of `plugins:`, called as drift's report calls it, such as `route/orders/ip-restriction`."""

from collections.abc import Iterator

from entities.model import Scope
from management.declaring.kind import AlreadyDeclaredError, Body, Placed, items, mapping, missing, refuse
from management.models.declarations import PluginDeclaration
from management.models.stats import Resource
from management.stack.edit import StackEdit
from management.stack.yaml import styled, update


class Plugins:
    """The further plugins of a stack: those that its other sections make are theirs."""

    resource = Resource.PLUGINS
    model = PluginDeclaration
    sections = ("plugins",)

    def declared(self, edit: StackEdit) -> Iterator[tuple[str, Body]]:
        """What the stack declares."""
        for plugin in items(edit.value("plugins")):
            yield name_of(plugin), plugin

    def declare(self, edit: StackEdit, body: Body) -> Placed:
        """Add one."""
        name = name_of(body)
        if name in _names(edit):
            raise AlreadyDeclaredError(f"the stack declares a plugin {name!r} already; change that one")
        plugins = edit.change("plugins", styled([], short=False))
        plugins.fa.set_block_style()
        plugins.append(styled(dict(body)))
        return Placed(("plugins", len(plugins) - 1))

    def change(self, edit: StackEdit, name: str, body: Body) -> Placed:
        """Make one say what was sent. What it is and works on cannot change: that would be another one."""
        index = _index(edit, name)
        if name_of(body) != name:
            raise refuse("name", f"and 'on' make {name_of(body)!r} and the path says {name!r}; declare another one")
        update(edit.change("plugins", [])[index], dict(body))
        return Placed(("plugins", index))

    def remove(self, edit: StackEdit, name: str) -> None:
        """Remove one."""
        index = _index(edit, name)
        del edit.change("plugins", [])[index]


def name_of(plugin: Body) -> str:
    """What a plugin is called."""
    on = mapping(plugin.get("on"))
    service, route, tier = (_text(on.get(key)) for key in ("service", "route", "tier"))
    return f"{Scope(service=service, route=route, consumer=tier)}/{plugin.get('name')}"


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _names(edit: StackEdit) -> list[str]:
    return [name_of(plugin) for plugin in items(edit.value("plugins"))]


def _index(edit: StackEdit, name: str) -> int:
    names = _names(edit)
    if name not in names:
        raise missing("plugin", name, names)
    return names.index(name)
