"""What the Admin API makes of a request's body."""

from __future__ import annotations

import pytest

from sandbox.kong.admin.bodies import UnsupportedMediaTypeError, arguments
from sandbox.kong.errors import KongError

_FORM = "application/x-www-form-urlencoded"


def test_a_form_has_lists_and_nested_fields() -> None:
    body = b"name=cors&config.origins[]=a&config.origins[]=b&config.limits.minute=5&empty="
    assert arguments(body, _FORM, yaml_allowed=False) == {
        "name": "cors",
        "config": {"origins": ["a", "b"], "limits": {"minute": "5"}},
        "empty": "",
    }


def test_no_body_has_no_arguments() -> None:
    assert arguments(b"", "", yaml_allowed=False) == {}
    assert arguments(b"", "application/json", yaml_allowed=False) == {}


@pytest.mark.parametrize(("body", "status"), [(b"{", 400), (b"[1]", 500), (b"\xff", 400)])
def test_a_body_that_is_no_json_object_is_refused_as_kong_does(body: bytes, status: int) -> None:
    with pytest.raises(KongError) as refused:
        arguments(body, "application/json", yaml_allowed=False)
    assert refused.value.status == status


@pytest.mark.parametrize("content_type", ["text/plain", "text/yaml", "application/xml"])
def test_other_media_types_are_refused(content_type: str) -> None:
    with pytest.raises(UnsupportedMediaTypeError):
        arguments(b"a: 1", content_type, yaml_allowed=False)


def test_yaml_is_taken_where_it_is_allowed_and_read_elsewhere() -> None:
    assert arguments(b"a: 1", "text/yaml", yaml_allowed=True) == {}
