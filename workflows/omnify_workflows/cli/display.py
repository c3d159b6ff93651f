"""How workflows look to operators."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from rich.markup import escape
from rich.table import Table
from rich.tree import Tree

from omnify_workflows.operating import Listed, Watched

_COLOURS: Final[Mapping[str, str]] = {
    "running": "blue",
    "completed": "green",
    "failed": "red",
    "timed out": "red",
    "terminated": "red",
    "canceled": "yellow",
    "continued as new": "dim",
}


def table_of(workflows: Iterable[Listed]) -> Table:
    """Workflows, one a line."""
    table = Table("workflow", "type", "status", "client", "started", box=None, pad_edge=False)
    for each in workflows:
        started = each.started.strftime("%Y-%m-%d %H:%M:%S")
        table.add_row(each.id, each.type, _coloured(each.status), each.client or "", started)
    return table


def tree_of(workflow: Watched) -> Tree:
    """A workflow, and how far it is."""
    tree = Tree(f"[bold]{escape(workflow.id)}[/] {_coloured(workflow.status)}")
    if workflow.progress is None:
        tree.add("[dim]no worker says how far it is[/]")
    else:
        _grow(tree, workflow.progress)
    return tree


def _grow(tree: Tree, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        label = escape(name.replace("_", " "))
        if isinstance(value, Mapping):
            _grow(tree.add(label), value)  # pyright: ignore[reportUnknownArgumentType] (JSON)
        elif value is not None:
            tree.add(f"{label}: {escape(str(value))}")


def _coloured(status: str) -> str:
    return f"[{_COLOURS.get(status, 'default')}]{status}[/]"
