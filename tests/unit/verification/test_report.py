import io
import json

from rich.console import Console

from gateway.verification import LiveTable, Outcome, Status, Target, as_json
from tests.unit.verification.outputs import DEV

TARGET = Target(outputs=DEV, url="http://127.0.0.1:8000", host="kong.omnify.local")


def outcome(status: Status, area: str = "tokens", detail: str = "[401] on all") -> Outcome:
    return Outcome(
        area=area, name="expired-token", proves="An expired token is refused", status=status, detail=detail, seconds=0.1
    )


def printed(*outcomes: Outcome, terminal: bool = False) -> str:
    text = io.StringIO()
    console = Console(file=text, force_terminal=terminal, color_system="standard" if terminal else None, width=120)
    with LiveTable(console) as table:
        for each in outcomes:
            table.report(each)
    table.summarise()
    return text.getvalue()


def test_a_pipe_gets_one_plain_line_for_each_check() -> None:
    long = "seen " * 60
    lines = printed(outcome(Status.PASSED), outcome(Status.SKIPPED, detail=long)).splitlines()
    assert lines[0] == "tokens"
    assert lines[1].split() == ["✓", "An", "expired", "token", "is", "refused", "[401]", "on", "all"]
    assert lines[2].rstrip().endswith(long.rstrip())
    assert lines[3:] == ["1 passed, 1 skipped"]


def test_every_area_has_a_heading_of_its_own() -> None:
    text = printed(outcome(Status.PASSED), outcome(Status.PASSED), outcome(Status.FAILED, "limits"))
    assert [line for line in text.splitlines() if not line.startswith(" ")] == [
        "tokens",
        "limits",
        "2 passed, 1 failed",
    ]


def test_a_terminal_gets_green_red_and_yellow_marks() -> None:
    text = printed(outcome(Status.PASSED), outcome(Status.FAILED), outcome(Status.SKIPPED), terminal=True)
    assert "\x1b[32m  ✓" in text
    assert "\x1b[31m  ✗" in text
    assert "\x1b[33m  –" in text  # noqa: RUF001 (a dash on purpose)


def test_machines_get_every_outcome_and_the_verdict() -> None:
    document = json.loads(as_json(TARGET, [outcome(Status.PASSED), outcome(Status.SKIPPED)]))
    assert (document["url"], document["host"], document["passed"]) == (TARGET.url, TARGET.host, True)
    assert document["checks"][1] == {
        "area": "tokens",
        "name": "expired-token",
        "proves": "An expired token is refused",
        "status": "skipped",
        "detail": "[401] on all",
        "seconds": 0.1,
    }
    assert json.loads(as_json(TARGET, [outcome(Status.FAILED)]))["passed"] is False
