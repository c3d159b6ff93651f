"""What lint finds in a stack of the repository after some edits."""

from typing import Any

from config.problems import key_path
from entities.desired import desired_state
from entities.lint import Linted, lint
from entities.model import EntityKind
from entities.validation import validated
from tests.unit.config.documents import Document, Edit, edited, put
from tests.unit.entities.states import OWNER


def linted(*edits: Edit, stack: str = "dev") -> Linted:
    settings = validated(edited(stack, *edits))
    return lint(settings, desired_state(settings, OWNER))


def places(rule: str, *edits: Edit, stack: str = "dev") -> list[str]:
    """The key paths at which a rule finds something that is not accepted."""
    return [key_path(finding.flaw.place) for finding in linted(*edits, stack=stack).open if finding.rule.name == rule]


def told(rule: str, *edits: Edit, stack: str = "dev") -> str:
    """The one finding of a rule, as text."""
    (finding,) = [finding for finding in linted(*edits, stack=stack).open if finding.rule.name == rule]
    return str(finding)


def rules(*edits: Edit, stack: str = "dev") -> set[str]:
    """The rules that find something that is not accepted."""
    return {finding.rule.name for finding in linted(*edits, stack=stack).open}


def raw(kind: EntityKind, *entities: Document) -> Edit:
    """Entities in Kong's own terms."""
    return put(f"entities.{kind}", list(entities))


def further(*plugins: Document) -> Edit:
    """Plugins beside the gateway's own."""
    return put("plugins", list(plugins))


def raw_routes(*routes: Document, **same: Any) -> Edit:
    """Routes in Kong's own terms to OmniFy's backend, which are free of other flaws."""
    return raw("routes", *({"service": "omnify-api"} | same | route for route in routes))


def both(*edits: Edit) -> Edit:
    def edit(document: Document) -> None:
        for each in edits:
            each(document)

    return edit
