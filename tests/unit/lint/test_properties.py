"""What lint says of routes and plugins, beside the stand-in's own model of Kong, for arbitrary ones."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from entities.desired import desired_state
from entities.lint import Finding, lint
from entities.lint.known_plugins import BEHIND_THE_GATE
from entities.state import DesiredState
from entities.validation import validated
from sandbox.kong.proxy.configuration import Configuration, ConfigurationCache
from sandbox.kong.proxy.headers import Headers
from sandbox.kong.proxy.router import Match, RoutedRequest, Router
from tests.unit.config.documents import Document, edited, put
from tests.unit.entities.states import OWNER, api, route
from tests.unit.lint.findings import raw_routes

PATHS = (
    "/",
    "/v",
    "/v/a",
    "/v/ab",
    "/v/b/",
    "/w",
    "~/v",
    "~/v/a",
    "~/v/.*",
    "~/v/[ab]$",
    "~/v|/w",
    "~/v/a?",
    "~/(v|w)",
)
HOSTS = ("a.test", "b.a.test", "*.test", "*.a.test", "a.*", "a.test:80")
METHODS = ("GET", "POST", "OPTIONS")
REQUESTS = tuple(
    product(
        ("/", "/v", "/v/a", "/v/a/1", "/v/ab", "/v/abc", "/v/b", "/v/b/", "/va", "/w", "/w/x"),
        ("a.test", "b.a.test", "c.test", "a.example", "kong.omnify.local"),
        METHODS,
        ((), (("x", "1"),), (("x", "2"),), (("x", "1"), ("y", "1"))),
    )
)


def some(values: Sequence[Any], most: int = 3) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=most, unique=True)


MATCHING: dict[str, st.SearchStrategy[Any]] = {
    "hosts": some(HOSTS),
    "methods": some(METHODS),
    "headers": st.dictionaries(st.sampled_from(["X", "y"]), some(["1", "2"], 2), min_size=1),
    "regex_priority": st.integers(0, 1),
}


@st.composite
def _routes(draw: st.DrawFn) -> list[Document]:
    """Routes that compete for the same few requests."""
    fields = st.fixed_dictionaries({"paths": some(PATHS)}, optional=MATCHING)
    return [{"name": f"r{index}"} | each for index, each in enumerate(draw(st.lists(fields, min_size=2, max_size=6)))]


def _request(path: str, host: str, method: str, headers: tuple[tuple[str, str], ...]) -> RoutedRequest:
    return RoutedRequest(method=method, path=path, host=host, port=80, scheme="http", headers=Headers(headers))


def _fits(pattern: str, host: str) -> bool:
    name = pattern.partition(":")[0]
    return (
        host.endswith(name[1:]) if name[0] == "*" else host.startswith(name[:-1]) if name[-1] == "*" else host == name
    )


def _contradicts(finding: Finding, match: Match, host: str, method: str) -> bool:
    """Whether a request that reached a route is one that should not have."""
    place = finding.flaw.place
    field, index = (*place[3:], None, None)[:2]
    if match.route["name"] != finding.flaw.at:
        return False
    if field == "paths":
        paths = match.route["paths"]
        # What an expression of the same route matched may be the same text.
        return match.matched_path == paths[index] and not any(path.startswith("~") for path in paths)
    if field == "hosts":
        return _fits(match.route["hosts"][index], host)
    if field == "methods":
        return finding.flaw.wrong.startswith(f"no {method} request")
    return True


@given(routes=_routes())
@settings(max_examples=150, deadline=None)
def test_what_the_router_ever_chooses_is_never_called_shadowed(routes: list[Document]) -> None:
    checked = validated(edited("dev", raw_routes(*routes)))
    state = desired_state(checked, OWNER)
    shadowed = [finding for finding in lint(checked, state).open if finding.rule.name == "route-shadowed"]
    router = Router([state.document(entity) for entity in state if entity.kind == "routes"])

    for path, host, method, headers in REQUESTS if shadowed else ():
        match = router.match(_request(path, host, method, headers))
        assert match is None or not [each for each in shadowed if _contradicts(each, match, host, method)]


class _Store:
    """The documents of a desired state, as the stand-in reads its own."""

    version = 1

    def __init__(self, state: DesiredState) -> None:
        self._documents: dict[str, list[Document]] = {}
        for entity in state:
            self._documents.setdefault(entity.kind, []).append(state.document(entity))

    def all(self, kind: str) -> list[Document]:
        return self._documents.get(kind, [])


BILLING = ("invoices", "payments", "prices")
TIERS = ("free", "pro", "enterprise")
CONFIGS: dict[str, Document] = {
    "rate-limiting": {"minute": 5},
    "request-transformer": {},
    "ip-restriction": {"deny": ["10.0.0.1"]},
    "response-transformer": {},
}
SCOPES = st.fixed_dictionaries(
    {},
    optional={
        "service": st.sampled_from(["omnify-api", "billing"]),
        "route": st.sampled_from([*BILLING, "omnify-eyes", "omnify-auth"]),
        "tier": st.sampled_from(TIERS),
    },
)
PLUGINS = st.lists(
    st.tuples(st.sampled_from([*CONFIGS]), SCOPES, st.sampled_from([True, True, True, False])),
    max_size=12,
    unique_by=lambda each: str((each[0], sorted(each[1].items()))),
).map(lambda plugins: [each for each in plugins if each[0] != "rate-limiting" or [*each[1]] != ["tier"]])


@st.composite
def _stack_files(draw: st.DrawFn) -> Document:
    access = [draw(st.one_of(st.none(), some(TIERS))) for _ in BILLING]
    plugins = [
        {"name": name, "config": CONFIGS[name], "enabled": enabled} | ({"on": on} if on else {})
        for name, on, enabled in draw(PLUGINS)
    ]
    routes = [route(name, groups=groups) for name, groups in zip(BILLING, access, strict=True)]
    return edited("dev", api("billing", *routes), put("plugins", plugins))


def _ids_that_run(state: DesiredState, configuration: Configuration) -> Iterator[str]:
    """The plugins that the stand-in chooses, for everybody who may ask on every route."""
    acls = {
        (acl.scope.route, acl.scope.service): str(acl.config["allow"]) for acl in state.plugins if acl.name == "acl"
    }
    for path, name in product(state.routes, CONFIGS):
        allowed = acls.get((path.key, None)) or acls.get((None, path.service))
        consumers: list[str | None] = [tier for tier in TIERS if allowed is not None]
        if name in BEHIND_THE_GATE:
            consumers = [tier for tier in TIERS if tier in (allowed or "")]
        if allowed is None or name not in BEHIND_THE_GATE:
            consumers.append(None)
        for consumer in consumers:
            chosen = configuration.plugin(
                name,
                OWNER.id("routes", path.key),
                OWNER.id("services", path.service),
                OWNER.id("consumers", consumer) if consumer else None,
            )
            if chosen is not None:
                yield chosen["id"]


@given(document=_stack_files())
@settings(max_examples=150, deadline=None)
def test_a_plugin_is_said_never_to_run_when_the_stand_in_never_chooses_it(document: Document) -> None:
    checked = validated(document)
    state = desired_state(checked, OWNER)
    configuration = ConfigurationCache(_Store(state), lambda _: None).current()  # pyright: ignore[reportArgumentType] (as much of a store as is read)
    run = set(_ids_that_run(state, configuration))

    found = [each for each in lint(checked, state).open if each.rule.name == "plugin-never-runs"]

    assert not {OWNER.id("plugins", each.flaw.at) for each in found} & run
    further = [each for each in state.plugins[-len(checked.plugins) :] if checked.plugins and each.enabled]
    assert {each.flaw.at for each in found if each.flaw.place[0] == "plugins"} == {
        plugin.key for plugin in further if OWNER.id("plugins", plugin.key) not in run
    }
