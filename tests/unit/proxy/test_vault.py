"""References to the environment, as the stand-in resolves them."""

import pytest

from sandbox.kong.proxy.vault import resolved


@pytest.mark.parametrize(
    ("value", "means"),
    [
        ("{vault://env/redis-password}", "secret"),
        ("{vault://env/REDIS_PASSWORD}", "secret"),
        ("{vault://env/another}", ""),
        ("plain", "plain"),
        ("{vault://aws/redis-password}", "{vault://aws/redis-password}"),
        (None, ""),
    ],
)
def test_a_reference_is_its_variables_value_and_all_else_itself(value: str | None, means: str) -> None:
    assert resolved(value, {"REDIS_PASSWORD": "secret"}) == means
