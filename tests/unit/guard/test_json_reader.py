"""The guard's JSON reader: what it accepts means the same to Python, and to nobody anything else."""

import json
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import entities.auth
from sandbox.kong.proxy.exchange import Exchange, Request, RequestBody
from sandbox.kong.proxy.headers import Headers
from sandbox.kong.proxy.lua.runtime import LuaRuntime

LUA = LuaRuntime(node_id="node")
READER = (Path(entities.auth.__file__).parent / "json.lua").read_text()

# The value told as text, so that null, empty lists and objects can be told apart from Lua's side.
TELL = """
local decode = (function() %s end)()
local tell
function tell(value)
  if type(value) == "table" then
    local fields = {}
    for key, field in pairs(value) do
      fields[#fields + 1] = tostring(key) .. "=" .. tell(field)
    end
    table.sort(fields)
    return "{" .. table.concat(fields, "|") .. "}"
  elseif type(value) == "number" then
    return string.format("%%.17g", value + 0)
  end
  return type(value) .. ":" .. tostring(value)
end
local value = decode(kong.request.get_header("document"))
return value == nil and "refused" or tell(value)
"""


async def _no_body() -> bytes | None:
    return None


def read(document: str) -> str:
    request = Request(
        method="GET",
        scheme="http",
        http_version="1.1",
        raw_path="/",
        raw_query=None,
        headers=Headers([("document", document.encode().decode("latin-1"))]),
        body=RequestBody(_no_body),
        client_ip="127.0.0.1",
        server_port=80,
    )
    return LUA.evaluate(TELL % READER, "reader", Exchange(request=request))


def tell(value: Any) -> str:
    if isinstance(value, list):
        value = dict(enumerate(cast("list[Any]", value), start=1))
    if isinstance(value, dict):
        fields = cast("dict[Any, Any]", value)
        return "{" + "|".join(sorted(f"{key}={tell(field)}" for key, field in fields.items())) + "}"
    if value is None:
        return "{}"
    if isinstance(value, bool):
        return f"boolean:{str(value).lower()}"
    return f"string:{value}" if isinstance(value, str) else f"{float(value) + 0.0:.17g}"


text = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="|={}, "), max_size=20)
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(value=values, ascii_only=st.booleans(), indent=st.sampled_from([None, 1]))
def test_every_document_is_read_as_python_reads_it(value: Any, ascii_only: bool, indent: int | None) -> None:
    document = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert read(document) == tell(value)


@settings(deadline=None)
@given(value=values, at=st.integers(0, 200), junk=st.sampled_from(list('{}[]",:\\0-+.eEtfn \x01')))
def test_what_it_accepts_python_accepts_with_the_same_meaning(value: Any, at: int, junk: str) -> None:
    document = json.dumps(value)
    broken = document[:at] + junk + document[at + 1 :]
    told = read(broken)
    if told != "refused":
        assert told == tell(json.loads(broken))


@pytest.mark.parametrize(
    "document",
    [
        *("", " ", "{", "[1,]", '{"a":1,}', '{"a" 1}', "{a:1}", "[1 2]", "[1x2]", '{"a":1x"b":2}'),
        *("nul", "truefalse", "+1", ".5", "1.", "1e", "--1"),
    ],
)
def test_broken_documents_are_refused(document: str) -> None:
    assert read(document) == "refused"


@pytest.mark.parametrize(("depth", "accepted"), [(16, True), (17, False)])
def test_nesting_is_bounded(depth: int, accepted: bool) -> None:
    assert (read("[" * depth + "]" * depth) != "refused") == accepted
