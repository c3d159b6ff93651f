"""The one issue that says which gateways have drifted: what it says, and when it is open."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

from gateway.drift.values import beside
from gateway.github import GitHub, Item
from gateway.pull_requests.escaping import code, fenced

LABEL: Final = "drift"
MARKER: Final = "<!-- omnify-gateway:drift -->"
TITLE: Final = "The gateway is not as declared"
_MOST: Final = 100
"""Entities of a stack that are listed."""
_WORDS: Final = {"missing": "is missing", "changed": "is changed", "undeclared": "is declared by nobody"}

Report = Mapping[str, Any]
"""What `drift --save` wrote."""


def update_issue(github: GitHub, reports: Sequence[Report]) -> str:
    """Open the issue, write it anew or close it, and tell which. Raises as `GitHub` does."""
    known = next(filter(_is_ours, github.open_issues(LABEL)), None)
    if all(report.get("clean") for report in reports):
        if known is None:
            return "every stack is as declared"
        github.add_comment(int(known["number"]), "Every stack is as declared again.")
        github.edit_issue(int(known["number"]), state="closed")
        return f"every stack is as declared again: issue {known['number']} is closed"
    text = body(reports)
    if known is None:
        return f"issue {github.add_issue(TITLE, text, LABEL)} is opened"
    github.edit_issue(int(known["number"]), body=text)
    return f"issue {known['number']} is written anew"


def body(reports: Iterable[Report]) -> str:
    """What the issue says. Live values are anybody's, so that nothing of them is Markdown."""
    return "\n".join([MARKER, *(line for report in reports for line in _stack(report))]) + "\n"


def _is_ours(issue: Item) -> bool:
    return str(issue.get("body") or "").startswith(MARKER)


def _stack(report: Report) -> Iterator[str]:
    if report.get("clean"):
        yield f"### Stack {code(str(report['stack']))} is as declared\n"
        return
    if "failure" in report:
        yield f"### Stack {code(str(report['stack']))} cannot be read\n"
        yield fenced(str(report["failure"])[:5000])
        return
    yield f"### Stack {code(str(report['stack']))} has drifted\n"
    for node in cast("Sequence[Report]", report["nodes"]):
        if node["clean"]:
            continue
        if node["pods"]:
            yield f"On {code(', '.join(node['pods']))}:\n"
        yield "| What | | Field | Declared | Live |\n| --- | --- | --- | --- | --- |"
        findings = [(word, each) for sort, word in _WORDS.items() for each in cast("Sequence[Report]", node[sort])]
        findings.sort(key=lambda finding: not finding[1]["decidesAccess"])
        for word, finding in findings[:_MOST]:
            yield from _rows(word, finding)
        if len(findings) > _MOST:
            yield f"\n*{len(findings) - _MOST:,} more: `python -m gateway drift` lists them.*"
        yield f"\n`pulumi up --refresh --stack {report['stack']}` makes Kong as declared; or declare what is live.\n"


def _rows(word: str, finding: Report) -> Iterator[str]:
    what = f"{code(str(finding['kind']).removesuffix('s') + ' ' + str(finding['key']))} | {word}"
    for field in cast("Sequence[Report]", finding.get("fields") or [{}]):
        path = ".".join(map(str, field.get("path", ())))
        values = beside(field["desired"], field["live"]) if path else ("", "")
        yield f"| {what} | {code(path)} | {' | '.join(code(value[:200]) for value in values)} |"
        what = " | "
