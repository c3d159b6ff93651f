"""The wire format is the engine's and the SDK's, not one of our own."""
# What these tests look at has no other way in.
# pyright: reportPrivateUsage=false

from typing import Any

from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime import rpc

from provider.values import UNKNOWN, Properties, decode, encode, has_unknown


def test_the_sdks_unknown_is_unknown() -> None:
    struct = struct_pb2.Struct()
    struct.update({"a": rpc.UNKNOWN, "b": ["x", rpc.UNKNOWN], "c": {"d": rpc.UNKNOWN}, "e": "x"})

    values = decode(struct).values

    assert values == {"a": UNKNOWN, "b": ["x", UNKNOWN], "c": {"d": UNKNOWN}, "e": "x"}
    assert {name for name, value in values.items() if has_unknown(value)} == {"a", "b", "c"}


def test_the_sdks_secret_is_a_secret_at_any_depth() -> None:
    struct = struct_pb2.Struct()
    secret = {rpc._special_sig_key: rpc._special_secret_sig, "value": "hush"}
    struct.update({"a": secret, "b": [secret], "c": {"d": secret}, "e": "open"})

    assert decode(struct) == Properties(
        {"a": "hush", "b": ["hush"], "c": {"d": "hush"}, "e": "open"}, frozenset({"a", "b", "c"})
    )


def test_secrets_and_unknowns_go_out_as_the_sdk_reads_them() -> None:
    read: Any = rpc.deserialize_properties(encode({"a": "hush", "b": UNKNOWN}, {"a"}))

    assert rpc.is_rpc_secret(read["a"])
    assert rpc.unwrap_rpc_secret(read["a"]) == "hush"
    assert "b" not in read or type(read["b"]).__name__ == "Unknown"


def test_whole_numbers_are_integers() -> None:
    values = decode(encode({"whole": 5, "half": 0.5, "flag": True})).values

    assert {name: type(value) for name, value in values.items()} == {"whole": int, "half": float, "flag": bool}


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(min_size=1, max_size=5), _json, max_size=4), st.booleans())
def test_what_goes_out_comes_back(values: dict[str, Any], hidden: bool) -> None:
    secrets = frozenset(values) if hidden else frozenset[str]()

    assert decode(encode(values, secrets)) == Properties(values, secrets)
