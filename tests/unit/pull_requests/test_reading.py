"""Reports that a stranger's code may have written."""

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.changes.report import Report
from gateway.pull_requests import reading
from gateway.pull_requests.reading import UnreadableReportError, read_reports


def written(folder: Path, name: str, **fields: Any) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps({"stack": "dev", "source": "commits", **fields}))


def test_what_the_engine_says_comes_before_what_commits_say(tmp_path: Path) -> None:
    written(tmp_path, "report-commits-dev/commits-dev.json")
    written(tmp_path, "report-engine-dev/engine-dev.json", source="engine")
    written(tmp_path, "report-commits-prod/commits-prod.json", stack="prod")

    assert [(each.stack, each.source) for each in read_reports(tmp_path)] == [("dev", "engine"), ("prod", "commits")]


def test_what_commits_say_stands_in_where_the_engine_fails(tmp_path: Path) -> None:
    written(tmp_path, "a.json")
    written(tmp_path, "b.json", source="engine", failure="no credentials")

    assert [each.source for each in read_reports(tmp_path)] == ["commits"]


def test_a_failure_is_told_where_there_is_nothing_else(tmp_path: Path) -> None:
    written(tmp_path, "a.json", failure="first")
    written(tmp_path, "b.json", source="engine", failure="second")

    assert [each.failure for each in read_reports(tmp_path)] == ["second"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"stack": "dev -->"},
        {"stack": "../../prod"},
        {"source": "oracle"},
        {"unheard": "of"},
        {"changes": [{"system": "kong", "kind": "route", "key": "a", "action": "explode"}]},
        {"version": 2},
    ],
)
def test_what_has_not_the_form_of_a_report_is_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    written(tmp_path, "a.json", **wrong)

    with pytest.raises(UnreadableReportError, match="is no report: wrong at"):
        read_reports(tmp_path)


def test_a_refusal_does_not_repeat_what_was_read(tmp_path: Path) -> None:
    written(tmp_path, "a.json", source="oracle-7f3a")

    with pytest.raises(UnreadableReportError) as refusal:
        read_reports(tmp_path)

    assert "oracle-7f3a" not in str(refusal.value)
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.json"
    written(tmp_path, "elsewhere.json")
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "a.json").symlink_to(elsewhere)

    with pytest.raises(UnreadableReportError, match="is no file"):
        read_reports(tmp_path / "reports")


def test_nor_is_one_to_a_folder(tmp_path: Path) -> None:
    written(tmp_path / "elsewhere", "a.json")
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "more").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(UnreadableReportError, match="is no file"):
        read_reports(tmp_path / "reports")


def test_what_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST", 10)
    written(tmp_path, "a.json")

    with pytest.raises(UnreadableReportError, match="at most 10 bytes"):
        read_reports(tmp_path)


def test_nor_are_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST", 1)
    for name in ("a.json", "b.json"):
        written(tmp_path, name)

    with pytest.raises(UnreadableReportError, match="at most 1 are read"):
        read_reports(tmp_path)


def test_no_report_is_none(tmp_path: Path) -> None:
    assert read_reports(tmp_path) == []


def test_a_report_comes_back_as_it_was_written(tmp_path: Path) -> None:
    report = Report(stack="dev", source="engine", raw="text", exposed=("Ingress kong at a.example",))

    report.write(tmp_path / "there" / "a.json")

    assert read_reports(tmp_path) == [report]
