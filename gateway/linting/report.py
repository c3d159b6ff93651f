"""What lint found, for people and for machines; and the rules themselves."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from config.problems import key_path
from entities.lint import ACCEPTANCE_UNUSED, RULES, Finding, Linted, Rule

VERSION: Final = 1
"""Of the form for machines. It changes when a key goes or means something else, not when one is added."""

_STYLES: Final = {"error": "red", "warning": "yellow"}


def show(console: Console, stack: str, linted: Linted, *, accepted: bool) -> None:
    """Print what was found in a stack. With `accepted`, what the stack file accepts is as detailed as the rest."""
    mark, style = ("✗", "red") if linted.open else ("✓", "green")
    console.print(Text.assemble((mark, style), f" stack {stack}: ", (_summary(linted), "bold")))
    for finding in linted.open:
        _show_finding(console, finding)
    for finding in linted.accepted:
        if accepted:
            _show_finding(console, finding)
        else:
            line = f"  – {finding.rule.name} at {finding.flaw.at}, accepted: {finding.accepted}"  # noqa: RUF001 (a dash on purpose)
            console.print(Text(line, style="dim"))


def _summary(linted: Linted) -> str:
    parts = [_counted(len(linted.open))]
    parts += [f"{len(linted.accepted)} accepted"] if linted.accepted else []
    return ", ".join(parts)


def _counted(count: int) -> str:
    return {0: "no findings", 1: "1 finding"}.get(count, f"{count} findings")


def _show_finding(console: Console, finding: Finding) -> None:
    rule, flaw = finding.rule, finding.flaw
    head = (f"{rule.severity} ", "dim" if finding.accepted else _STYLES[rule.severity]), (rule.name, "bold")
    console.print(Text.assemble("  ", *head, f" at {flaw.at}"))
    console.print(Text.assemble("    ", (key_path(flaw.place), "cyan"), f": {flaw.wrong}"))
    console.print(Text.assemble("    ", (f"accepted: {finding.accepted}" if finding.accepted else flaw.instead, "dim")))


def as_json(stacks: Mapping[str, Linted]) -> str:
    """The whole report:

    - `version`, `clean` (whether no stack has a finding that is not accepted);
    - `stacks`: `stack`, `clean` and `findings`, the accepted ones last;
    - a finding: `rule`, `severity` (`error` or `warning`), `place` (the key path in the stack file), `at` (what an
      acceptance would say), `wrong`, `instead`, and `accepted`, the reason or null.
    """
    document = {
        "version": VERSION,
        "clean": not any(linted.open for linted in stacks.values()),
        "stacks": [
            {
                "stack": stack,
                "clean": not linted.open,
                "findings": [_as_object(finding) for finding in (*linted.open, *linted.accepted)],
            }
            for stack, linted in stacks.items()
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _as_object(finding: Finding) -> dict[str, Any]:
    rule, flaw = finding.rule, finding.flaw
    return {
        "rule": rule.name,
        "severity": rule.severity,
        "place": key_path(flaw.place),
        "at": flaw.at,
        "wrong": flaw.wrong,
        "instead": flaw.instead,
        "accepted": finding.accepted,
    }


def catalogue(rules: Sequence[Rule] = (*RULES, ACCEPTANCE_UNUSED)) -> str:
    """The rules as a document (docs/lint.md)."""
    rows = "".join(f"| [`{rule.name}`](#{rule.name}) | {rule.summary} |\n" for rule in rules)
    return f"{_INTRODUCTION}{rows}" + "".join(
        f"\n## {rule.name}\n*{rule.severity.capitalize()}.* {rule.summary}\n\n{rule.why}\n\n*Instead:* {rule.instead}\n"
        for rule in rules
    )


_INTRODUCTION = """# Lint: the rules
What Kong accepts and is wrong nevertheless, or hardly ever meant. `python -m gateway lint` looks for it in every stack,
entities in Kong's own terms included, without Kong: 10,000 entities take about a second.
```
$ python -m gateway lint --stack staging
✗ stack staging: 1 finding, 2 accepted
  error pattern-taken-literally at orders-v1
    entities.routes[0].paths[0]: Kong takes '/api/orders/*' to the letter, as a prefix
    write the prefix '/api/orders/', or the expression '~/api/orders/[^/]+'
```
`--json` prints the findings for machines; the exit code is 0 when all is well or accepted.

An *error* does not do what it says; a *warning* does, but not in a way that most would want. What is right as it is, is
accepted in the stack file, with the name that the finding gives and a reason. An acceptance that nothing needs any more
is itself a finding.
```yaml
  omnify-gateway:lint:
    accept:
      - { rule: public-under-protected, at: omnify-auth, reason: "Nobody has a token before they log in." }
```

| Rule | What it finds |
|---|---|
"""
