"""Header lines, and the ways in which nginx and Kong's PDK read them."""

import pytest

from sandbox.kong.proxy.headers import Headers


def test_names_compare_without_case() -> None:
    headers = Headers([("X-One", "1"), ("x-one", "2")])
    assert headers.all("X-ONE") == ["1", "2"]
    assert "x-One" in headers


def test_set_replaces_every_line_in_the_place_of_the_first() -> None:
    headers = Headers([("a", "1"), ("b", "2"), ("A", "3"), ("c", "4")])
    headers.set("A", ["5", "6"])
    assert list(headers) == [("A", "5"), ("A", "6"), ("b", "2"), ("c", "4")]


def test_underscore_is_another_name_except_to_variables() -> None:
    headers = Headers([("X_One", "1")])
    assert headers.first("X-One") is None
    assert headers.variable("x-one") == "1"
    assert headers.get("X-One") == "1"


def test_repeated_header_is_its_first_value() -> None:
    assert Headers([("X-One", "a"), ("x-one", "b")]).get("X-One") == "a"


def test_table_stops_at_its_limit() -> None:
    headers = Headers((f"x-{at}", "1") for at in range(150))
    assert (len(headers.table()), len(headers.table(120))) == (100, 120)


@pytest.mark.parametrize(("name", "found"), [("User-Name", None), ("UserName", "b")])
def test_header_with_a_dash_can_be_hidden_and_one_without_cannot(name: str, found: str | None) -> None:
    """Why the guard's header has none: the underscore form makes two values, and 100 lines hide the real one."""
    noise = [(f"x-{at}", "1") for at in range(100)]
    headers = Headers([(name.replace("-", "_") if "-" in name else "Another", "a"), *noise, (name, "b")])
    assert headers.get(name) == found
