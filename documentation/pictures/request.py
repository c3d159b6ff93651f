"""What a request passes through: the plugins that meet it on a guarded and on a public route, as Kong orders them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from documentation.pictures.stack import STACK, declared
from documentation.pictures.svg import MARGIN, Canvas, mono_width
from entities.model import Plugin, Route, Service
from entities.precedence import scopes
from entities.state import DesiredState
from sandbox.kong.proxy.handler import Handler
from sandbox.kong.proxy.plugins import handlers

WIDTH: Final = 1000
_ROW: Final = 54
_TRACKS: Final = ((MARGIN + 22, "blue"), (MARGIN + 58, "green"))
_NAME, _PRIORITY, _SAYS = 130, 372, 398

Config = Mapping[str, Any]


@dataclass(frozen=True)
class Traveller:
    """A request and whom it is of."""

    route: Route
    consumer: str | None
    """Whom Kong finds behind its token; nobody on a public route."""


@dataclass(frozen=True)
class Stop:
    """A plugin with what it does to those that meet it."""

    plugin: Plugin
    priority: int
    meets: tuple[bool, ...]
    """Which of the travellers."""
    asks: bool
    """Whether it works on the request, and not only on what was answered."""


def picture() -> str:
    """The picture as SVG."""
    state = declared()
    guarded, public = travellers(state)
    canvas = Canvas(
        WIDTH,
        "What a request passes through",
        f"The plugins of stack {STACK} in the order in which Kong runs them: on the guarded route {guarded.route.name} "
        f"and on the public route {public.route.name}, and the backend behind them.",
    )
    canvas.text(MARGIN, 44, "What a request passes through", "title ink")
    canvas.text(WIDTH - MARGIN, 44, f"stack {STACK}, Kong's own order: the higher priority first", "quiet", "end")
    _tickets(canvas, (guarded, public), state)
    every = stops(state, (guarded, public))
    end = _rows(canvas, every, _service(state, guarded.route))
    return canvas.document(end)


def travellers(state: DesiredState) -> tuple[Traveller, Traveller]:
    """One on the first guarded route, of the first tier that may use it; and one on the first public route."""
    plugins = state.plugins
    groups = {acl.group: acl.consumer for acl in state.acls}
    found: dict[bool, Traveller] = {}
    for route in state.routes:
        acl = _met(plugins, "acl", route, None)
        allowed: Sequence[str] = acl.config["allow"] if acl else ()  # pyright: ignore[reportAssignmentType] (JSON)
        consumer = next((groups[acl.group] for acl in state.acls if acl.group in allowed), None)
        found.setdefault(acl is not None, Traveller(route, consumer))
    return found[True], found[False]


def stops(state: DesiredState, requests: Sequence[Traveller]) -> list[Stop]:
    """The plugins that the requests meet, in Kong's order; of two of one name that of the first request comes first."""
    found: list[Stop] = []
    for handler in handlers():
        met = [_met(state.plugins, handler.name, each.route, each.consumer) for each in requests]
        for plugin in {plugin.key: plugin for plugin in met if plugin}.values():
            asks = type(handler).access is not Handler.access
            found.append(Stop(plugin, handler.priority, tuple(each == plugin for each in met), asks))
    return found


def _met(plugins: Sequence[Plugin], name: str, route: Route, consumer: str | None) -> Plugin | None:
    by_scope = {(p.scope.route, p.scope.service, p.scope.consumer): p for p in plugins if p.name == name}
    order = scopes(route.name, route.service, consumer)
    return next((by_scope[scope] for scope in order if scope in by_scope), None)


def _service(state: DesiredState, route: Route) -> Service:
    return next(service for service in state.services if service.key == route.service)


def _tickets(canvas: Canvas, requests: Sequence[Traveller], state: DesiredState) -> None:
    width = (WIDTH - 2 * MARGIN - 16) / 2
    for at, (request, (_, colour)) in enumerate(zip(requests, _TRACKS, strict=True)):
        x = MARGIN + at * (width + 16)
        acl = _met(state.plugins, "acl", request.route, None)
        who = f"for {_listed(acl.config['allow'])}" if acl else "for everybody"
        methods = " ".join(method for method in request.route.methods if method != "OPTIONS")
        canvas.box(x, 64, width, 68, f"{colour}-card")
        canvas.text(x + 16, 91, request.route.name, f"mono strong {colour}")
        canvas.text(x + width - 16, 91, who, "small quiet", "end")
        canvas.text(x + 16, 114, ", ".join(request.route.paths), "mono ink")
        canvas.text(x + width - 16, 114, methods, "mono small quiet", "end")


def _rows(canvas: Canvas, every: Sequence[Stop], service: Service) -> float:
    top = 184.0
    asking = [stop for stop in every if stop.asks]
    after = [stop for stop in every if not stop.asks]
    bottom = top + len(asking) * _ROW
    end = bottom + 96 + len(after) * _ROW
    for at, (x, colour) in enumerate(_TRACKS):
        ticket = MARGIN + 22 if at == 0 else MARGIN + (WIDTH - 2 * MARGIN + 16) / 2 + 22
        start = f"M{x} 132V{end - 58}" if at == 0 else f"M{ticket} 132v8q0 8 -8 8H{x + 8}q-8 0 -8 8V{end - 58}"
        canvas.line(start, f"{colour}-line", 3)
    canvas.text(WIDTH - MARGIN, top - 24, "refuses with", "small quiet", "end")
    for at, stop in enumerate(asking):
        _row(canvas, top + at * _ROW, stop)
    _backend(canvas, bottom, service)
    for at, stop in enumerate(after):
        _row(canvas, bottom + 92 + at * _ROW, stop)
    return end


def _row(canvas: Canvas, y: float, stop: Stop) -> None:
    for (x, colour), meets in zip(_TRACKS, stop.meets, strict=True):
        if meets:
            canvas.dot(x, y + 4, f"{colour}-dot")
    canvas.text(_NAME, y, stop.plugin.name, "mono strong ink")
    canvas.text(_NAME, y + 17, _whose(stop.plugin), "small quiet")
    canvas.text(_PRIORITY, y, f"{stop.priority:,}", "mono small quiet", "end")
    does, refuses = says(stop.plugin)
    for at, line in enumerate(does):
        canvas.text(_SAYS, y + at * 17, line, "quiet small" if at else "ink")
    x = WIDTH - MARGIN
    for code in reversed(refuses):
        width = mono_width(code) + 16
        canvas.box(x - width, y - 14, width, 21, "red-card", radius=10)
        canvas.text(x - width / 2, y + 1, code, "mono small red", "middle")
        x -= width + 6


def _backend(canvas: Canvas, y: float, service: Service) -> None:
    canvas.box(MARGIN, y - 8, WIDTH - 2 * MARGIN, 62, "card")
    for x, colour in _TRACKS:
        canvas.dot(x, y + 23, f"{colour}-dot", 9)
    canvas.text(_NAME, y + 19, service.name, "mono strong ink")
    canvas.text(_NAME, y + 37, "the backend", "small quiet")
    canvas.text(_SAYS, y + 19, f"{service.protocol}://{service.host}:{service.port}", "mono ink")
    tries = f"the path as it came; {service.read_timeout // 1000} s for an answer, {service.retries} tries more"
    canvas.text(_SAYS, y + 37, tries, "small quiet")


def _whose(plugin: Plugin) -> str:
    names = plugin.scope.names()
    return " and ".join(f"{kind} {name}" for kind, name in names.items()) or "every request"


def _listed(names: Any) -> str:  # noqa: ANN401 (JSON)
    return ", ".join(map(str, names))


Said = tuple[Sequence[str], Sequence[str]]
"""What a plugin does, and with what it refuses."""


def says(plugin: Plugin) -> Said:
    """What is said of a plugin; nothing of one that the picture does not know."""
    said = _SAID.get((plugin.name, plugin.is_guard)) or _SAID.get((plugin.name, False))
    return said(plugin.config) if said else ((), ())


def _rate_limiting(config: Config) -> Said:
    windows = ("second", "minute", "hour", "day", "month", "year")
    limits = [
        f"{config[window]:,} {'an' if window == 'hour' else 'a'} {window}" for window in windows if config.get(window)
    ]
    counted = "in each pod" if config["policy"] == "local" else f"in {config['policy']}"
    by = config["header_name"] if config["limit_by"] == "header" else config["limit_by"]
    return (", ".join(limits), f"for each {by}, counted {counted}"), ("429",)


def _cors(config: Config) -> Said:
    return ("answers preflights of", _listed(config["origins"])), ()


def _bodies(config: Config) -> Said:
    return (f"bodies of at most {config['allowed_payload_size']} {config['size_unit']}",), ("413",)


def _jwt(config: Config) -> Said:
    verified = f"the signature and {_listed(config['claims_to_verify'])}"
    found = f"finds the consumer whose key it is by the claim {config['key_claim_name']}"
    return (verified, found), ("401",)


def _guard(config: Config) -> Said:  # noqa: ARG001 (what the guard of entities/auth does, whatever its realm)
    return (
        "the token's issuer, audience, kind and tier, before anybody trusts it",
        "names the user in TokenSubject, which no client can write",
    ), ("401", "403")


def _gate(config: Config) -> Said:  # noqa: ARG001 (as above)
    return ("lets public routes pass, without headers that speak of a caller", "any other route without a guard"), (
        "503",
    )


def _groups(config: Config) -> Said:
    return (f"members of {_listed(config['allow'])} only",), ("403",)


def _correlation(config: Config) -> Said:
    return (f"an id for each request: {config['header_name']}",), ()


def _file_log(config: Config) -> Said:
    return (f"a line of JSON to {config['path']}, without tokens",), ()


def _prometheus(config: Config) -> Said:
    counted = [name for name in ("status_code", "latency", "bandwidth") if config.get(f"{name}_metrics")]
    return (f"counts by {_listed(counted).replace('_', ' ')}",), ()


_SAID: Final[Mapping[tuple[str, bool], Callable[[Config], Said]]] = {
    ("acl", False): _groups,
    ("correlation-id", False): _correlation,
    ("cors", False): _cors,
    ("file-log", False): _file_log,
    ("jwt", False): _jwt,
    ("pre-function", False): _gate,
    ("pre-function", True): _guard,
    ("prometheus", False): _prometheus,
    ("rate-limiting", False): _rate_limiting,
    ("request-size-limiting", False): _bodies,
}
"""By the plugin's name, and whether it is a guard."""
