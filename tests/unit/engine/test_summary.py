"""What an apply came to, in a few words."""

from sandbox.engine.steps import Action, Step, kind
from sandbox.rehearsal.display import summary


def test_a_summary_counts_what_was_done() -> None:
    actions = (Action.CREATED, Action.SAME, Action.DELETED, Action.CREATED)
    steps = [Step(action, "kong:index/route:Route", "a") for action in actions]

    assert summary(steps) == "2 created, 1 deleted, 1 unchanged"
    assert summary([step for step in steps if step.action is Action.CREATED]) == "2 created"
    assert summary([step for step in steps if step.action is Action.SAME]) == (
        "nothing to change, 1 resources are as declared"
    )


def test_people_call_a_type_by_its_last_part() -> None:
    assert [kind("kubernetes:apps/v1:Deployment"), kind("kong:index/route:Route")] == ["Deployment", "Route"]


def test_the_services_of_kubernetes_and_of_kong_are_told_apart() -> None:
    assert [kind("kubernetes:core/v1:Service"), kind("kong:index/service:Service")] == ["Service", "Kong Service"]
