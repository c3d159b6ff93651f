"""What is printed, for people and for machines."""

import io
import json
import re
from typing import Any

import pytest
from rich.console import Console

from entities.drift import Changed, Drift, FieldChange, Missing, Stray, Tie
from gateway.drift.machines import as_json
from gateway.drift.report import Report, together
from gateway.drift.table import DriftTable

ID = "11111111-1111-4111-8111-111111111111"
LIMIT = Changed(
    "plugins",
    "consumer/free/rate-limiting",
    ID,
    decides_access=False,
    fields=(
        FieldChange(("config", "minute"), 1000, 5000),
        FieldChange(("config", "redis", "password"), "[secret]", None),
    ),
)
GUARD = Missing("plugins", "route/omnify-eyes/acl", ID, decides_access=True)
BACKDOOR = Stray("routes", "backdoor", ID, decides_access=True, tie=Tie.PARENT)
NOBODYS = Stray("services", "nobodys", ID, decides_access=False, tie=Tie.NONE)
THEIRS = Stray("services", "theirs", ID, decides_access=False, tie=Tie.OTHERS)

CLEAN = Drift(33, (), (), (), (), (), ())
DRIFTED = Drift(33, (GUARD,), (LIMIT,), (BACKDOOR,), (), (NOBODYS,), (THEIRS,))


def report(*drifts: tuple[str | None, Drift], mode: str = "database") -> Report:
    return Report("dev", mode, "http://kong:8001", together(drifts))


def printed(of: Report, *, everything: bool = False, width: int | None = None) -> str:
    """What a pipe gets, or a terminal of a width."""
    file = io.StringIO()
    terminal = width is not None
    colours = "standard" if terminal else None
    console = Console(file=file, highlight=False, force_terminal=terminal, width=width, color_system=colours)
    DriftTable(console).print(of, everything=everything)
    return file.getvalue()


def test_a_clean_stack_is_one_line() -> None:
    assert printed(report((None, CLEAN))) == "✓ dev is as declared: 33 entities\n"


def test_a_pipe_gets_each_fact_on_one_plain_line() -> None:
    assert printed(report((None, DRIFTED))).splitlines() == [
        "decides who may pass",
        "  - plugin  route/omnify-eyes/acl  missing",
        "  + route   backdoor  undeclared, on an entity of this stack",
        "",
        "everything else              declared  live",
        "  ~ plugin  consumer/free/rate-limiting",
        "      config.minute          1000      5000",
        "      config.redis.password  [secret]  null",
        "",
        "✗ dev has drifted: 1 missing, 1 changed, 1 undeclared; 31 of 33 entities are as declared",
        "  not counted: 1 that nobody owns (--all lists them), 1 of other stacks",
        "`pulumi up --refresh --stack dev` makes Kong as declared again; what is undeclared, declare or delete.",
    ]


def test_all_lists_what_nobody_owns_and_what_others_may_change() -> None:
    lines = printed(
        report((None, Drift(33, (), (), (), (LIMIT,), (NOBODYS,), (THEIRS,)))), everything=True
    ).splitlines()

    assert [line.split("  ")[0] for line in lines if not line.startswith(" ")] == [
        "others may change this",
        "",
        "nobody owns this",
        "",
        "✓ dev is as declared: 33 entities",
    ]
    assert "  + service  nobodys" in lines
    assert "      config.minute          1000      5000" in lines
    assert lines[-1] == "  not counted: 1 changed as `drift.allowed` has it, 1 that nobody owns, 1 of other stacks"


@pytest.mark.parametrize("width", [40, 80, 140])
def test_a_terminal_gets_colours_and_no_line_that_is_too_long(width: int) -> None:
    text = printed(report((None, DRIFTED)), width=width)

    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert "\x1b[31m-" in text
    assert max(map(len, plain.splitlines())) <= width
    assert sorted("".join(plain.split())) == sorted("".join(printed(report((None, DRIFTED))).split()))


def test_nodes_that_run_the_same_are_reported_once() -> None:
    text = printed(report(("kong-a", DRIFTED), ("kong-b", CLEAN), ("kong-c", CLEAN), mode="dbless"))

    assert "1 of 3 nodes: kong-a\n" in text
    assert "2 of 3 nodes: kong-b, kong-c\n✓ dev is as declared" in text
    assert "delete the pod" in text
    assert printed(report(("kong-a", CLEAN), ("kong-b", CLEAN), mode="dbless")).startswith(
        "2 of 2 nodes: kong-a, kong-b"
    )


def test_machines_get_everything_in_a_form_that_keeps() -> None:
    document: dict[str, Any] = json.loads(as_json(report((None, DRIFTED))))

    def entity(kind: str, key: str, *, access: bool, **more: Any) -> dict[str, Any]:
        return {"kind": kind, "key": key, "id": ID, "decidesAccess": access, **more}

    assert document == {
        "version": 1,
        "stack": "dev",
        "mode": "database",
        "admin": "http://kong:8001",
        "clean": False,
        "nodes": [
            {
                "pods": [],
                "clean": False,
                "declared": 33,
                "missing": [entity("plugins", "route/omnify-eyes/acl", access=True)],
                "changed": [
                    entity(
                        "plugins",
                        "consumer/free/rate-limiting",
                        access=False,
                        fields=[
                            {"path": ["config", "minute"], "desired": 1000, "live": 5000},
                            {"path": ["config", "redis", "password"], "desired": "[secret]", "live": None},
                        ],
                    )
                ],
                "undeclared": [entity("routes", "backdoor", access=True, tie="parent")],
                "allowed": [],
                "unowned": [entity("services", "nobodys", access=False, tie="none")],
                "others": [entity("services", "theirs", access=False, tie="others")],
            }
        ],
    }


def test_machines_are_told_of_each_node() -> None:
    document = json.loads(as_json(report(("kong-a", CLEAN), ("kong-b", DRIFTED), ("kong-c", CLEAN), mode="dbless")))

    assert [(node["pods"], node["clean"]) for node in document["nodes"]] == [
        (["kong-a", "kong-c"], True),
        (["kong-b"], False),
    ]
    assert document["clean"] is False
