"""Two values beside one another, short enough to read."""

import pytest

from gateway.drift.values import beside, plain

LUA = "local token = read()\nif not token then\n  return 401\nend\n"


@pytest.mark.parametrize(
    ("desired", "live", "shown"),
    [
        (1000, 5000, ("1000", "5000")),
        (True, None, ("true", "null")),
        ("a.example", "b.example", ("a.example", "b.example")),
        ("1", 1, ('"1"', "1")),
        ("true", True, ('"true"', "true")),
        ("", " a", ('""', '" a"')),
        ([], None, ("[]", "null")),
        (["GET"], ["GET", "PUT"], ('["GET"]', '["GET", "PUT"]')),
        ({"a": 1}, {}, ('{"a": 1}', "{}")),
        ("grün", "\x1b[31mred", ("grün", '"\\u001b[31mred"')),
    ],
)
def test_short_values_are_shown_whole_and_cannot_be_mistaken(
    desired: object, live: object, shown: tuple[str, str]
) -> None:
    assert beside(desired, live) == shown


def test_of_texts_with_lines_the_first_that_differs_is_shown() -> None:
    assert beside(LUA, LUA.replace("401", "200")) == ("line 3: return 401", "line 3: return 200")
    assert beside(LUA, LUA + "-- more\n") == ("line 5: (empty)", "line 5: -- more")
    assert beside("a\nb", "a") == ("line 2: b", "line 2: (ends before)")
    assert beside("a\n  b", "a\n    b") == ('line 2: "  b"', 'line 2: "    b"')


def test_a_list_of_such_texts_says_which_of_them() -> None:
    assert beside([LUA], [LUA.replace("401", "200")]) == ("line 3: return 401", "line 3: return 200")
    assert beside([LUA, LUA], [LUA, LUA.replace("401", "200")]) == ("[1] line 3: return 401", "[1] line 3: return 200")
    assert beside([LUA], []) == ("line 1: local token = read()", "line 1: null")


def test_of_long_lists_only_what_differs_is_shown() -> None:
    tags = ["managed-by:pulumi", "project:omnify-gateway", "stack:dev"]

    assert beside(tags, [*tags, "by-hand"]) == ("3 alike", "3 alike, by-hand")
    assert beside(tags, tags[:1]) == ("1 alike, project:omnify-gateway, stack:dev", "1 alike")
    assert beside(list(range(100)), []) == ("0, 1, 2, 3, 4, 5, 94 more", "[]")
    assert beside(tags, tags[::-1]) == (
        '["managed-by:pulumi", "project:omnify-gateway", "stack:dev"]',
        '["stack:dev", "project:omnify-gateway", "managed-by:pulumi"]',
    )


def test_long_texts_are_cut_to_where_they_differ() -> None:
    wanted, found = beside("x" * 300 + "a" + "y" * 300, "x" * 300 + "b" + "y" * 300)

    assert wanted == "…" + "x" * 20 + "a" + "y" * 79 + "…"
    assert found == "…" + "x" * 20 + "b" + "y" * 79 + "…"


def test_a_name_steers_no_terminal() -> None:
    assert plain("orders") == "orders"
    assert plain("\x1b[2J") == "\\u001b[2J"
