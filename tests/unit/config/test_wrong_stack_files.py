"""Stack files that are wrong, each with exactly what is said of it."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from config.problems import InvalidSettingsError
from config.reading import read
from config.rules import RULES
from entities.validation import validated
from tests.unit.config.documents import ABSENT, edited, put, stack_document

WRONG: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("wrong_stack_files.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", WRONG, ids=[case["what"] for case in WRONG])
def test_a_wrong_stack_file_is_refused_with_key_path_reason_and_remedy(case: dict[str, Any]) -> None:
    edits = [put(path, ABSENT) for path in case.get("without", [])]
    edits += [put(path, value) for path, value in case.get("with", {}).items()]

    with pytest.raises(InvalidSettingsError) as refusal:
        validated(edited(case["stack"], *edits))

    assert [str(problem) for problem in refusal.value.problems] == case["problems"]


def _route(name: str) -> dict[str, Any]:
    return {"name": name, "paths": ["/api/new/"], "methods": ["GET"], "access": {"groups": ["pro"]}}


def test_everything_wrong_is_said_at_once() -> None:
    document = edited(
        "prod",
        put("platfrom", {}),
        put("platform.replicas", "3"),
        put("apis[0].routes[0].paths[0]", "api/"),
        put("apis[0].routes[2].access.groups", ["gold"]),
        put("apis[0].routes[5]", _route("omnify-eyes")),
        put("limits.hour", 10),
        put("counters.policy", "memory"),
        put("plugins", [{"name": "bot-detection", "config": {"deni": ["x"]}}]),
    )

    with pytest.raises(InvalidSettingsError) as refusal:
        validated(document)

    places = [str(problem).split(": ")[0] for problem in refusal.value.problems]
    assert places == [
        "apis[0].routes[0].paths[0]",
        "apis[0].routes[2].access.groups[0]",
        "apis[0].routes[5].name",
        "counters.policy",
        "limits.hour",
        "platform.replicas",
        "platfrom",
        "plugins[0].config.deni",
    ]


def test_an_item_that_is_left_out_moves_no_key_path_of_the_items_behind_it() -> None:
    document = edited(
        "dev", put("apis[0].routes[1].methods", ["FETCH"]), put("apis[0].routes[3].access.groups", ["gold"])
    )

    problems = read(document).problems

    assert "apis[0].routes[3].access.groups[0]" in {str(problem).split(": ")[0] for problem in problems}


def test_a_group_is_not_called_unknown_when_its_tier_is_wrong() -> None:
    problems = read(edited("dev", put("tiers[1].fairness", "user"))).problems

    assert [str(problem).split(": ")[0] for problem in problems] == ["tiers[1].fairness"]


@pytest.mark.parametrize("stack", ["dev", "prod"])
@pytest.mark.parametrize("mode", ["database", "dbless"])
def test_the_stacks_of_the_repository_are_right_in_both_modes(stack: str, mode: str) -> None:
    assert validated(stack_document(stack) | {"mode": mode}).mode == mode


def test_every_rule_between_sections_says_what_it_guards() -> None:
    assert all(rule.problems.__doc__ for rule in RULES)
