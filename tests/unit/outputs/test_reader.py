"""The contract as another stack reads it: older and newer gateways, wrong ones, and a copy of the file alone."""

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.outputs import GatewayOutputs, OutputsError
from gateway.recording import Recording, recorded
from tests.unit.verification.outputs import DEV

STACK = "org/omnify-gateway/dev"
Document = dict[str, Any]


def exported() -> Document:
    """What a stack exports, as JSON."""
    return json.loads(json.dumps(DEV.document()))


def refusal(change: Callable[[Document], object]) -> str:
    """What is said of a changed document."""
    document = exported()
    change(document)
    with pytest.raises(OutputsError) as refused:
        GatewayOutputs.read(document, f"stack {STACK!r}")
    return str(refused.value)


def test_what_a_stack_exports_is_read_back() -> None:
    assert GatewayOutputs.read(exported(), "it") == DEV


def test_fields_of_a_newer_gateway_are_passed_over_wherever_they_are() -> None:
    document = exported()
    document["more"] = document["urls"]["more"] = document["routes"][0]["more"] = document["tiers"][0]["more"] = {
        "a": 1
    }

    assert GatewayOutputs.read(document, "it") == DEV


def test_but_none_is_exported() -> None:
    with pytest.raises(ValueError, match="more"):
        GatewayOutputs.model_validate(exported() | {"more": 1})


def test_nulls_that_pulumi_leaves_out_are_nulls() -> None:
    document = exported()
    del document["correlationHeader"], document["routes"][0]["maxBodyMegabytes"]

    read = GatewayOutputs.read(document, "it")

    assert (read.correlation_header, read.routes[0].max_body_megabytes) == (None, None)


def test_numbers_that_the_engine_hands_over_as_floats_are_numbers() -> None:
    document = exported()
    document["tiers"][0]["limits"]["minute"] = 1000.0

    minute = GatewayOutputs.read(document, "it").tiers[0].limits.minute

    assert (minute, type(minute)) == (1000, int)


def test_another_contract_is_refused_before_anything_is_asked_of_its_fields() -> None:
    assert refusal(lambda document: document.update(contract="2", versions={"package": "9.1.0"}, routes=1)) == (
        "stack 'org/omnify-gateway/dev' has contract '2', and this reader knows '1'; "
        "read it with the omnify-gateway that deployed it (omnify-gateway 9.1.0)"
    )


def test_a_missing_field_is_named_with_the_stack_its_version_and_what_to_do() -> None:
    def older(document: Document) -> None:
        document["versions"]["package"] = "0.0.9"
        del document["counters"]["policy"], document["tiers"][1]["consumerId"]

    assert refusal(older) == (
        "stack 'org/omnify-gateway/dev' lacks gateway.tiers[1].consumerId, lacks gateway.counters.policy; "
        "it was deployed by omnify-gateway 0.0.9: deploy it with the version that this reader is of or a newer one, "
        "or read it with a reader of its version"
    )


def test_a_field_of_another_kind_is_named_too() -> None:
    said = refusal(lambda document: document["urls"].update(gateway=["a"]))

    assert "has a wrong gateway.urls.gateway (Input should be a valid string)" in said


def test_a_gateway_that_says_no_version_is_one_of_an_unknown_version() -> None:
    assert "deployed by omnify-gateway of an unknown version:" in refusal(lambda document: document.pop("versions"))


@pytest.mark.parametrize("document", [None, "text", {}, {"urls": {}}], ids=str)
def test_what_is_no_gateway_is_told_from_one(document: object) -> None:
    with pytest.raises(OutputsError, match=r"^stack 'a' exports no 'gateway' with a contract; name a stack of omnify"):
        GatewayOutputs.read(document, "stack 'a'")


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
def test_a_program_has_plain_values_at_once(preview: bool) -> None:
    seen: list[GatewayOutputs] = []

    recording = _run(lambda: seen.append(GatewayOutputs.from_stack(STACK)), {"gateway": exported()}, preview=preview)

    assert seen == [DEV]
    assert recording.registrations == ()


def test_a_program_may_go_on_with_them_as_names_and_numbers_of_resources() -> None:
    def program() -> None:
        for tier in GatewayOutputs.from_stack(STACK).tiers:
            pulumi.ComponentResource("test:Tier", tier.name)

    recording = _run(program, {"gateway": exported()})

    assert {each.name for each in recording.registrations} == {tier.name for tier in DEV.tiers}


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        ({}, "stack 'org/omnify-gateway/dev' exports no 'gateway'"),
        ({"gateway": exported() | {"contract": "2"}}, "has contract '2'"),
    ],
    ids=["another project", "another contract"],
)
def test_a_program_ends_with_what_is_wrong(outputs: Document, said: str) -> None:
    with pytest.raises(pulumi.RunError, match=said):
        _run(lambda: GatewayOutputs.from_stack(STACK), outputs)


def _run(program: Callable[[], object], outputs: Document, *, preview: bool = False) -> Recording:
    return asyncio.run(recorded(program, "dev", project="reports", others={STACK: outputs}, preview=preview))


def test_the_file_alone_is_a_reader(tmp_path: Path) -> None:
    """Copied into a program that has nothing else of this project."""
    root = Path(__file__).parents[3]
    shutil.copy(root / "components" / "outputs.py", tmp_path / "gateway_outputs.py")
    (tmp_path / "outputs.json").write_text(json.dumps(exported()))
    script = (
        "import json, sys; from gateway_outputs import GatewayOutputs; "
        "read = GatewayOutputs.read(json.load(open('outputs.json')), 'it'); "
        "ours = {'components', 'config', 'entities', 'gateway', 'provider'} & set(sys.modules); "
        "print(read.urls.gateway, sorted(ours))"
    )

    ran = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (ran.stdout, ran.stderr) == (f"{DEV.urls.gateway} []\n", "")
