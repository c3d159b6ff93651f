"""Stack files as the Pulumi CLI reads them."""

from pathlib import Path

from config.files import read_files


def stack_says(folder: Path, text: str) -> object:
    (folder / "Pulumi.yaml").write_text("name: omnify-gateway\n")
    (folder / "Pulumi.dev.yaml").write_text(f"config:\n  omnify-gateway:plugins: {text}\n")
    return read_files(folder, "dev")["plugins"]


def test_on_is_a_key_and_no_truth(tmp_path: Path) -> None:
    said = stack_says(tmp_path, "[{ name: cors, on: { route: orders }, config: { a: yes, b: no, c: off, y: n } }]")

    assert said == [
        {"name": "cors", "on": {"route": "orders"}, "config": {"a": "yes", "b": "no", "c": "off", "y": "n"}}
    ]


def test_true_and_false_are_truths(tmp_path: Path) -> None:
    assert stack_says(tmp_path, "[true, True, TRUE, false, False, FALSE, trueish]") == [
        True,
        True,
        True,
        False,
        False,
        False,
        "trueish",
    ]
