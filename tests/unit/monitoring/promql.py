"""What a query asks for: its selectors, and the labels by which it groups."""

import re
from dataclasses import dataclass

import promql_parser as promql


@dataclass(frozen=True)
class Selector:
    """A metric with the matchers on its labels: label, operator, value."""

    metric: str
    matchers: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Query:
    selectors: tuple[Selector, ...]
    grouped_by: frozenset[str]
    rated: frozenset[str]
    """The metrics of which a rate or an increase is taken."""


def _operator(operator: promql.MatchOp) -> str:
    named = ((promql.MatchOp.Equal, "="), (promql.MatchOp.NotEqual, "!="), (promql.MatchOp.Re, "=~"))
    return next((text for each, text in named if each == operator), "!~")


def parse(text: str) -> Query:
    selectors: list[Selector] = []
    grouped_by: set[str] = set()
    rated: set[str] = set()

    def visit(node: promql.Expr) -> None:
        if isinstance(node, promql.VectorSelector):
            selectors.append(_selector(node))
        elif isinstance(node, promql.MatrixSelector):
            rated.add(node.vector_selector.name or "")
        elif isinstance(node, promql.AggregateExpr) and node.modifier is not None:
            grouped_by.update(node.modifier.labels)

    promql.walk(promql.parse(text), visit)
    return Query(tuple(selectors), frozenset(grouped_by), frozenset(rated))


def _selector(node: promql.VectorSelector) -> Selector:
    matchers = tuple((each.name, _operator(each.op), each.value) for each in node.matchers.matchers)
    return Selector(node.name or "", matchers)


def series_name(metric: str) -> str:
    """A histogram's name from that of one of its series."""
    return re.sub(r"_(bucket|count|sum)$", "", metric)
