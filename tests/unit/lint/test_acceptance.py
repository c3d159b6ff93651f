"""What a stack file accepts of the findings."""

import pytest

from entities.lint import ACCEPTANCE_UNUSED, RULES
from gateway.linting.report import catalogue
from gateway.recording import PROJECT
from tests.unit.config.documents import ABSENT, Document, Edit, put
from tests.unit.lint.findings import further, linted, rules, told

REASON = "Nobody has a token before they log in."


def accepting(*pairs: tuple[str, str]) -> Edit:
    return put("lint", {"accept": [{"rule": rule, "at": at, "reason": REASON} for rule, at in pairs]})


OURS = [("public-under-protected", "omnify-auth"), ("public-under-protected", "omnify-health")]


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_stacks_of_the_repository_are_clean_and_accept_two_things(stack: str) -> None:
    found = linted(stack=stack)

    assert found.open == ()
    assert [(finding.rule.name, finding.flaw.at) for finding in found.accepted] == OURS


def test_what_is_accepted_carries_its_reason() -> None:
    assert [finding.accepted for finding in linted(accepting(*OURS)).accepted] == [REASON, REASON]


def test_an_acceptance_is_for_one_rule_and_one_place() -> None:
    assert rules(accepting(OURS[0])) == {"public-under-protected"}
    assert rules(accepting(OURS[0], ("unguarded-route", "omnify-health"))) == {
        "public-under-protected",
        "acceptance-unused",
    }


def test_an_acceptance_follows_what_it_is_for_when_lists_are_reordered() -> None:
    def turned(document: Document) -> None:
        document["apis"][0]["routes"].reverse()

    found = linted(turned)

    assert found.open == ()
    assert [finding.flaw.place[3] for finding in found.accepted] == [0, 3]


def test_an_acceptance_that_nothing_needs_is_itself_found() -> None:
    said = told("acceptance-unused", accepting(*OURS, ("limits-shrink", "pro")))

    assert said == "lint.accept[2]: limits-shrink finds nothing at 'pro'; remove it [acceptance-unused]"


def test_an_acceptance_with_a_slip_of_the_pen_is_told_the_name() -> None:
    said = told("acceptance-unused", accepting(OURS[0], ("public-under-protected", "omnify-heath")))

    assert "write 'omnify-health', or remove it" in said


def test_one_acceptance_is_for_all_that_a_rule_finds_at_its_place() -> None:
    both = [put("apis[0].routes[4].paths", ["/api/info", "/api/health"]), accepting(*OURS)]

    assert linted(*both).open == ()
    assert len(linted(*both).accepted) == 3


@pytest.mark.parametrize(
    ("rule", "at", "edit"),
    [
        ("limits-shrink", "enterprise", put("tiers[2].times", 2)),
        ("body-limit-above-proxy", "ingress", put("traffic.maxBody", 20)),
        ("requests-outlive-pods", "platform", put("platform.gracePeriodSeconds", 60)),
        ("plugin-never-runs", "consumer/trial/rate-limiting", put("tiers[3]", {"name": "trial", "times": 30})),
        (
            "client-address-hidden",
            "global/ip-restriction",
            further({"name": "ip-restriction", "config": {"deny": ["8.8.8.8"]}}),
        ),
    ],
)
def test_each_kind_of_place_can_be_accepted(rule: str, at: str, edit: Edit) -> None:
    annotations = put(
        "ingress.annotations",
        {"nginx.ingress.kubernetes.io/proxy-read-timeout": "375", "nginx.ingress.kubernetes.io/proxy-body-size": "10m"},
    )

    assert rules(annotations, edit) == {rule}
    assert rules(annotations, edit, accepting(*OURS, (rule, at))) == set()


def test_without_the_section_nothing_is_accepted() -> None:
    assert linted(put("lint", ABSENT)).accepted == ()


def test_every_rule_has_a_name_of_its_own_and_says_all_there_is_to_say() -> None:
    every = [*RULES, ACCEPTANCE_UNUSED]

    assert len({rule.name for rule in every}) == len(every)
    for rule in every:
        assert rule.name == rule.name.lower().replace("_", "-").replace(" ", "-")
        for text in (rule.summary, rule.why, rule.instead):
            assert text.endswith(".")


def test_the_catalogue_in_docs_is_that_of_the_rules() -> None:
    assert (PROJECT / "docs/lint.md").read_text("utf-8") == catalogue(), "make generate"


def test_the_catalogue_lists_every_rule_before_it_explains_them() -> None:
    table = catalogue().partition("\n## ")[0]

    assert [rule.name for rule in RULES if f"| [`{rule.name}`](#{rule.name}) | {rule.summary} |" not in table] == []
    assert "](docs/lint.md)" in (PROJECT / "README.md").read_text("utf-8")
