"""What the engine plans, as Pulumi 3.259 printed it of the dev stack when its limits, routes and drain changed."""

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.changes import phrases
from gateway.changes.preview import UnreadablePreviewError, previewed
from gateway.changes.report import Action, Report
from tests.unit.changes.states import change, fields, told

PREVIEW = (Path(__file__).parent / "preview.json").read_text()


@pytest.fixture(scope="module")
def report() -> Report:
    return previewed("dev", PREVIEW, "what it says")


def edited(urn: str, **fields: Any) -> str:
    """The preview with one of its steps otherwise."""
    document = json.loads(PREVIEW)
    steps = [step | (fields if step["urn"].endswith(urn) else {}) for step in document["steps"]]
    return json.dumps({"steps": steps})


def test_each_step_is_a_change_under_the_name_that_drift_and_diff_use(report: Report) -> None:
    assert told(report) == [
        *(f"delete plugin route/{route}/{name}" for route in ROUTES for name in ("acl", "jwt", "pre-function")),
        "delete route omnify-eyes",
        "update plugin global/pre-function",
        *(f"update plugin consumer/{tier}-tier/rate-limiting" for tier in ("enterprise", "free", "pro")),
        "update Deployment omnify-gateway-dev/kong",
        *(f"create plugin route/billing/{name}" for name in ("acl", "jwt", "pre-function")),
        "create route billing",
    ]


ROUTES = ("omnify-agentkit", "omnify-eyes")


def test_values_are_those_of_the_inputs(report: Report) -> None:
    assert fields(change(report, "consumer/free-tier/rate-limiting")) == {
        "config.day": (1440000, 720000),
        "config.hour": (60000, 30000),
        "config.minute": (1000, 500),
    }


def test_what_stays_as_it_is_tells_whose_the_changes_are(report: Report) -> None:
    assert list(phrases.exposures(report)) == [
        "route omnify-agentkit lets everybody pass: GET, HEAD, POST, PUT, PATCH, DELETE /api/agentkit/"
    ]
    assert [phrases.whose(each) for each in report.limits[::3]] == ["enterprise-tier", "free-tier", "pro-tier"]
    assert [phrases.cost(cost) for cost in report.costs] == [
        "Deployment kong: its pods are made anew, one after the other"
    ]


def test_what_it_says_itself_is_kept(report: Report) -> None:
    assert report.raw == "what it says"


def test_in_whatever_order_the_engine_goes_the_report_is_the_same(report: Report) -> None:
    document = json.loads(PREVIEW)
    other = previewed("dev", json.dumps({"steps": document["steps"][::-1]}), "what it says")

    assert other == report


def test_nothing_changes_when_all_stays() -> None:
    document = json.loads(PREVIEW)
    steps = [step for step in document["steps"] if step["op"] == "same"]

    assert previewed("dev", json.dumps({"steps": steps})).clean


def test_the_engine_has_the_say_what_is_replaced() -> None:
    found = previewed("dev", edited("Deployment::kong", op="replace"))

    assert change(found, "omnify-gateway-dev/kong").action is Action.REPLACE
    assert any(phrases.cost(cost) == "Deployment kong is made anew" for cost in found.costs)


def test_halves_of_a_replacement_are_not_counted() -> None:
    document = json.loads(PREVIEW)
    (limit,) = (step for step in document["steps"] if step["urn"].endswith("::consumer/free/rate-limiting"))
    halves = [{**limit, "op": "create-replacement"}, {**limit, "op": "delete-replaced", "newState": None}]

    found = previewed("dev", json.dumps({"steps": [*document["steps"], *halves]}))

    assert found == previewed("dev", PREVIEW)


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        ("consumerKeyAuth:ConsumerKeyAuth", {"consumerId": "c", "key": "[secret]"}),
        ("plugin:Plugin", {"name": "session", "configJson": "[secret]"}),
    ],
)
def test_a_secret_that_changes_is_named_and_not_shown(token: str, inputs: dict[str, str]) -> None:
    *_, secret = inputs
    state = {"type": f"kong:index/{token}", "inputs": inputs, "id": "k"}
    urn = f"urn:pulumi:dev::omnify-gateway::kong:index/{token}::partner"
    step = {"op": "update", "urn": urn, "oldState": state, "newState": state}

    found = previewed("dev", json.dumps({"steps": [{**step, "detailedDiff": {secret: {"kind": "update"}}}]}))

    assert fields(found.changes[0]) == {secret: ("[secret]", "[secret]")}


def test_what_is_not_known_yet_is_said_so() -> None:
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    inputs = {"kind": "Service", "metadata": {"name": "it"}, "spec": {"clusterIP": unknown}}
    old = {"type": "kubernetes:core/v1:Service", "inputs": {**inputs, "spec": {"clusterIP": "None"}}, "id": "it"}
    step = {"op": "update", "urn": "urn:pulumi:dev::p::kubernetes:core/v1:Service::it", "oldState": old}

    found = previewed("dev", json.dumps({"steps": [{**step, "newState": {**old, "inputs": inputs}}]}))

    assert fields(found.changes[0]) == {"spec.clusterIP": ("None", "(known after it is applied)")}


def test_another_provider_is_a_change() -> None:
    old = {"type": "pulumi:providers:kubernetes", "inputs": {"context": "a"}, "id": "it"}
    urn = "urn:pulumi:dev::p::pulumi:providers:kubernetes::cluster"
    step = {"op": "replace", "urn": urn, "oldState": old, "newState": old, "diffReasons": ["context"]}

    found = previewed("dev", json.dumps({"steps": [step]}))

    assert told(found) == ["replace pulumi:providers:kubernetes cluster"]
    assert list(fields(found.changes[0])) == ["context"]


@pytest.mark.parametrize("text", ["", "[]", "Previewing update (dev):"])
def test_what_is_no_preview_is_refused(text: str) -> None:
    with pytest.raises(UnreadablePreviewError, match="no `pulumi preview --json`"):
        previewed("dev", text)


def test_a_preview_that_failed_says_why() -> None:
    failed = {"diagnostics": [{"severity": "error", "message": "1 problem in the stack's settings\n"}], "steps": []}

    with pytest.raises(UnreadablePreviewError, match=r"^1 problem in the stack's settings$"):
        previewed("dev", json.dumps(failed))
