"""Arbitrary right stack files, small ones: what a stack may say, drawn by hypothesis."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from tests.unit.config.documents import Document, stack_document
from tests.unit.entities.states import authenticated_by

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,11}", fullmatch=True)
GROUPS = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,7}", fullmatch=True)
SEGMENTS = st.from_regex(r"[A-Za-z0-9._~!$&'()*+,;=:@-]{1,6}", fullmatch=True).filter(lambda text: text.strip("."))
BODIES = st.integers(1, 1024)
LIMITS = st.lists(st.integers(1, 10**9), min_size=3, max_size=3).map(sorted)


def _distinct(names: st.SearchStrategy[str], least: int, most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(names, min_size=least, max_size=most, unique=True)


@st.composite
def _tiers(draw: st.DrawFn) -> list[Document]:
    tiers: list[Document] = []
    for name in draw(_distinct(GROUPS, 1, 3)):
        tier: Document = {"name": name, "fairness": draw(st.sampled_from(["tier", "subject"]))}
        if draw(st.booleans()):
            tier["times"] = draw(st.integers(1, 1_000_000))
        elif draw(st.booleans()):
            tier["limits"] = _limits(draw(LIMITS))
        if draw(st.booleans()):
            tier["group"] = draw(GROUPS)
        tiers.append(tier)
    return tiers


def _limits(counts: list[int]) -> Document:
    return dict(zip(("minute", "hour", "day"), counts, strict=True))


@st.composite
def _apis(draw: st.DrawFn, groups: list[str]) -> list[Document]:
    """Their paths start with the route's own name, so that no two collide."""
    names = draw(_distinct(NAMES, 1, 2))
    routes = draw(_distinct(NAMES, len(names), 4))
    return [
        {
            "name": name,
            "retries": draw(st.integers(0, 100)),
            "routes": [draw(_route(route, groups)) for route in routes[index :: len(names)]],
        }
        for index, name in enumerate(names)
    ]


@st.composite
def _route(draw: st.DrawFn, name: str, groups: list[str]) -> Document:
    segments = draw(st.lists(SEGMENTS, max_size=3))
    chosen = draw(st.lists(st.sampled_from(groups), max_size=3, unique=True))
    route: Document = {
        "name": name,
        "paths": ["/".join(("", f"r-{name}", *segments)) + draw(st.sampled_from(["", "/"]))],
        "methods": draw(st.lists(st.sampled_from(METHODS), min_size=1, max_size=4, unique=True)),
        "access": {"groups": chosen} if chosen else {"public": "Nothing here needs a token."},
    }
    return route | ({"maxBody": draw(BODIES)} if draw(st.booleans()) else {})


COUNTERS = st.sampled_from(
    [
        {"policy": "local"},
        {"policy": "cluster"},
        {"policy": "redis", "host": "redis.test", "passwordSecret": {"name": "redis"}},
        {"policy": "redis", "host": "10.0.0.1", "tls": False, "username": "kong", "database": 15},
    ]
)
CORS = st.sampled_from([None, {"origins": ["https://app.test"]}, {"origins": ["*"], "credentials": False}])
FURTHER = st.sampled_from(
    [
        {"name": "bot-detection"},
        {"name": "ip-restriction", "config": {"deny": ["10.0.0.0/8"], "status": 404}},
        {"name": "response-transformer", "config": {"remove": {"headers": ["Server"]}}, "enabled": False},
        {"name": "http-log", "config": {"http_endpoint": "{vault://env/http-log-endpoint}"}},
    ]
)


@st.composite
def _further(draw: st.DrawFn, apis: list[Document], tiers: list[Document]) -> list[Document]:
    """Each of another name, so that no two stand on one scope."""
    plugins: list[Document] = []
    for plugin in draw(st.lists(FURTHER, max_size=3, unique_by=lambda each: str(each["name"]))):
        on: dict[str, Any] = {}
        if draw(st.booleans()):
            on["service"] = draw(st.sampled_from([api["name"] for api in apis]))
        if draw(st.booleans()):
            on["route"] = draw(st.sampled_from([route["name"] for api in apis for route in api["routes"]]))
        if plugin["name"] != "bot-detection" and draw(st.booleans()):
            on["tier"] = draw(st.sampled_from([tier["name"] for tier in tiers]))
        plugins.append(plugin | ({"on": on} if on else {}))
    return plugins


@st.composite
def stack_files(draw: st.DrawFn, kinds: Sequence[str] = ("jwt", "openid-connect", "oidc")) -> Document:
    """A stack file with nothing wrong, of one of some kinds of authentication."""
    document = stack_document("dev")
    kind = draw(st.sampled_from(kinds))
    for edit in authenticated_by(kind) if kind != "jwt" else []:
        edit(document)
    tiers = draw(_tiers())
    if kind == "oidc":
        tiers = [{key: tier[key] for key in ("name", "group") if key in tier} for tier in tiers]
    apis = draw(_apis([tier.get("group", tier["name"]) for tier in tiers]))
    return document | {
        "tiers": tiers,
        "apis": apis,
        "backends": {api["name"]: draw(st.sampled_from(["http://a.test", "https://b.test:8443/base"])) for api in apis},
        "limits": _limits(draw(LIMITS)),
        "traffic": {"maxBody": draw(BODIES)},
        "counters": draw(COUNTERS),
        "cors": draw(CORS),
        "plugins": draw(_further(apis, tiers)),
    }
