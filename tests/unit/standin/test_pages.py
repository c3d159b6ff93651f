"""Sizes, tags and offsets of pages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.kong.errors import KongError
from sandbox.kong.pages import (
    decode_key_offset,
    decode_offset,
    encode_key_offset,
    encode_offset,
    page_by_position,
    page_size,
    tag_filter,
)


@pytest.mark.parametrize("size", ["0", "1001", "2.5", "-1", "many", ""])
def test_a_size_that_is_no_number_from_1_to_1000_is_refused(size: str) -> None:
    with pytest.raises(KongError) as refused:
        page_size({"size": size})
    assert refused.value.body["name"] == "invalid size"


@pytest.mark.parametrize(("query", "size"), [({}, 100), ({"size": "1000"}, 1000), ({"size": "1"}, 1)])
def test_a_page_has_a_hundred_entries_unless_asked_otherwise(query: dict[str, str], size: int) -> None:
    assert page_size(query) == size


@pytest.mark.parametrize(
    ("tags", "matching"),
    [("a", [["a"], ["a", "b"]]), ("a,b", [["a", "b"]]), ("a/b", [["a"], ["b"], ["a", "b"]]), ("c", [])],
)
def test_tags_joined_by_commas_are_all_asked_for_and_by_slashes_any(tags: str, matching: list[list[str]]) -> None:
    has_tags = tag_filter({"tags": tags})
    assert [each for each in (["a"], ["b"], ["a", "b"], None) if has_tags({"tags": each})] == matching


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ("", "cannot be null"),
        ("a,b/c", "invalid filter syntax"),
        ("a,,b", "invalid filter syntax"),
        ("a,b,c,d,e,f", "cannot query more than 5 tags"),
    ],
)
def test_tags_that_say_nothing_clear_are_refused(tags: str, reason: str) -> None:
    with pytest.raises(KongError) as refused:
        tag_filter({"tags": tags})
    assert refused.value.body["options"] == {"tags": reason}


@given(st.uuids().map(str))
def test_an_offset_gives_back_the_id_it_was_made_of(identity: str) -> None:
    assert decode_offset(encode_offset(identity)) == [identity]
    assert decode_key_offset(encode_key_offset("consumers", "workspace", identity)) == identity


@pytest.mark.parametrize("offset", ["junk", "!!", "ü", "a", "MQ", "W10"])
def test_an_offset_that_no_page_gave_is_refused(offset: str) -> None:
    with pytest.raises(KongError) as refused:
        decode_offset(offset)
    assert refused.value.body["name"] == "invalid offset"


def test_a_position_that_is_no_number_is_refused() -> None:
    with pytest.raises(KongError, match="'junk' is not a valid offset"):
        page_by_position([], 2, "junk")


def test_pages_by_position_cover_a_list_once() -> None:
    documents = [{"id": str(number)} for number in range(5)]
    first = page_by_position(documents, 2, None)
    second = page_by_position(documents, 2, first.offset)
    third = page_by_position(documents, 2, second.offset)

    assert first.data + second.data + third.data == documents
    assert third.offset is None
