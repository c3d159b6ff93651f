"""The components that the program registers, with every resource of theirs, in the order in which they come up."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from textwrap import wrap
from typing import Final

from documentation.pictures.graph import Component, called, components, kind, layers, needed
from documentation.pictures.stack import STACK, recorded
from documentation.pictures.svg import MARGIN, Canvas, clipped, mono_width
from gateway.recording import Registration

WIDTH: Final = 1000
_GAP, _PAD, _LINE = 14, 14, 18
_SMALL: Final = 11
"""The size of what components list."""
_HEAD: Final = 34
_PLATFORM: Final = 590
"""How wide the side of Kubernetes is."""
_KONG: Final = MARGIN + _PLATFORM + 30
"""Where Kong's side begins."""
_PROVIDER: Final = 98

Place = tuple[float, float, float, float]
"""Left, top, width, height."""
Line = tuple[str, str]
"""A kind with what stands at the other end of its line; without a kind, more of what it has."""


def picture() -> str:
    """The picture as SVG."""
    recording = recorded()
    known = components(recording)
    kong = next(each for each in known.values() if each.title == "KongEntities")
    platform = {urn: each for urn, each in known.items() if urn != kong.urn}
    provider = next(each for each in recording.registrations if each.type == "pulumi:providers:kong")
    canvas = Canvas(
        WIDTH,
        "The components of a stack",
        f"The components of stack {STACK} with the Kubernetes objects and the Kong entities that they register: "
        + "; ".join(f"{each.title}: {len(each.resources)}" for each in known.values()),
    )
    count = sum(len(each.resources) for each in known.values())
    canvas.text(MARGIN, 44, "What a stack is made of", "title ink")
    canvas.text(WIDTH - MARGIN, 44, f"stack {STACK}: {count} resources, an arrow leads to what waits", "quiet", "end")
    rows = layers(platform)
    height = max(_platform_height(rows), _kong_height(kong))
    places = _platform(canvas, rows, 68, height)
    for each in platform.values():
        for before in sorted(needed(platform, each)):
            _edge(canvas, places[before], places[each.urn])
    writes = _kong(canvas, kong, provider, 68, height)
    _between(canvas, [places[urn] for urn in sorted(needed(known, kong))], writes)
    return canvas.document(68 + height + MARGIN)


def _platform(canvas: Canvas, rows: Sequence[Sequence[Component]], top: float, height: float) -> Mapping[str, Place]:
    canvas.box(MARGIN, top, _PLATFORM, height, "panel", radius=10)
    canvas.text(MARGIN + _PAD, top + 26, "components/platform", "mono strong blue")
    canvas.text(MARGIN + _PLATFORM - _PAD, top + 26, "Kubernetes", "small quiet", "end")
    y = top + 44
    places: dict[str, Place] = {}
    for row in rows:
        x, tall = MARGIN + _PAD, _row_height(row)
        for each, width in zip(row, _widths(row), strict=True):
            places[each.urn] = (x, y, width, tall)
            _component(canvas, each, places[each.urn])
            x += width + _GAP
        y += tall + 28
    return places


def _platform_height(rows: Sequence[Sequence[Component]]) -> float:
    return 44 + sum(map(_row_height, rows)) + 28 * (len(rows) - 1) + _PAD


def _row_height(row: Sequence[Component]) -> float:
    return max(
        _HEAD + _LINE * len(list(_lines(each.resources, width - 2 * _PAD)))
        for each, width in zip(row, _widths(row), strict=True)
    )


def _widths(row: Sequence[Component]) -> Sequence[float]:
    """As wide as their kinds and names are long; what is left is shared."""
    least = [max(map(_least_width, component.resources)) + 2 * _PAD for component in row]
    spare = _PLATFORM - 2 * _PAD - _GAP * (len(row) - 1) - sum(least)
    return [width + spare / len(row) for width in least]


def _least_width(resource: Registration) -> float:
    return max(mono_width(kind(resource), _SMALL), 10 + mono_width(f"{called(resource)},", _SMALL))


def _component(canvas: Canvas, component: Component, place: Place) -> None:
    x, y, width, height = place
    canvas.box(x, y, width, height)
    canvas.text(x + _PAD, y + 22, component.title, "strong ink")
    _listed(canvas, _lines(component.resources, width - 2 * _PAD), x + _PAD, y + 42, width - 2 * _PAD)


def _listed(canvas: Canvas, lines: Iterable[Line], x: float, y: float, width: float) -> None:
    for at, (name, text) in enumerate(lines):
        line = y + at * _LINE
        canvas.text(x, line, name, "mono small green") if name else None
        canvas.text(x + (width if name else 10), line, text, "mono small quiet", "end" if name else "start")


def _lines(resources: Sequence[Registration], width: float) -> Iterator[Line]:
    """What a component lists: its kinds, and what those of a kind are called where there is room beside it."""
    for each, own in groupby(resources, key=kind):
        names = [called(resource) for resource in own]
        beside = ", ".join(names)
        if mono_width(f"{each}  {beside}", _SMALL) <= width:
            yield each, beside
            continue
        yield each, str(len(names)) if len(names) > 1 else ""
        for text in _grouped(names):
            columns = int((width - 10) / mono_width("m", _SMALL))
            yield from (("", line) for line in wrap(text, columns, break_long_words=False, break_on_hyphens=False))


def _grouped(names: Sequence[str]) -> Iterator[str]:
    """Names on one line; plugins by what they work on."""
    scopes = {name.rpartition("/")[0] for name in names}
    for scope in sorted(scopes, key=lambda scope: (scope != "global", scope)):
        own = ", ".join(name.rpartition("/")[2] for name in names if name.rpartition("/")[0] == scope)
        said = "every request" if scope == "global" else scope.partition("/")[2]
        yield f"{said}: {own}" if scope else own


def _kong(canvas: Canvas, component: Component, provider: Registration, top: float, height: float) -> float:
    """Kong's side; the height at which the provider stands."""
    x, width = _KONG, WIDTH - MARGIN - _KONG
    canvas.box(x, top, width, height, "panel", radius=10)
    canvas.text(x + _PAD, top + 26, "components/tracked", "mono strong blue")
    canvas.text(x + width - _PAD, top + 26, "Kong", "small quiet", "end")
    place = top + height - _PAD - _PROVIDER
    inner = (x + _PAD, top + 44, width - 2 * _PAD, place - 28 - top - 44)
    _component(canvas, component, inner)
    canvas.arrow(f"M{x + width / 2} {inner[1] + inner[3]}V{place - 3}")
    _provider(canvas, provider, (inner[0], place, inner[2], _PROVIDER))
    return place + _PROVIDER / 2


def _provider(canvas: Canvas, provider: Registration, place: Place) -> None:
    x, y, width, height = place
    canvas.box(x, y, width, height)
    canvas.text(x + _PAD, y + 24, "provider/", "mono strong blue")
    canvas.text(x + _PAD, y + 45, "previews, writes and reads entities by the", "small ink")
    canvas.text(x + _PAD, y + 62, "Admin API of a ready pod, to which it tunnels", "small ink")
    address = str(provider.properties.values["kongAdminUri"])
    canvas.text(x + _PAD, y + 83, clipped(address, width - 2 * _PAD, _SMALL), "mono small quiet")


def _kong_height(component: Component) -> float:
    return 44 + _entities_height(component) + 28 + _PROVIDER + _PAD


def _entities_height(component: Component) -> float:
    width = WIDTH - MARGIN - _KONG - 4 * _PAD
    return _HEAD + _LINE * len(list(_lines(component.resources, width)))


def _edge(canvas: Canvas, above: Place, below: Place) -> None:
    """From one to what waits for it, where they face each other."""
    left, right = max(above[0], below[0]), min(above[0] + above[2], below[0] + below[2])
    if left < right:
        canvas.arrow(f"M{(left + right) / 2:.1f} {above[1] + above[3]:.1f}V{below[1] - 3:.1f}")


def _between(canvas: Canvas, before: Iterable[Place], writes: float) -> None:
    """Kong's entities wait for components, and are written through the gateway."""
    for y in {y + height / 2 for _, y, _, height in before}:
        canvas.arrow(f"M{MARGIN + _PLATFORM - _PAD} {y}H{_KONG + _PAD - 3}")
    canvas.arrow(f"M{_KONG + _PAD} {writes}H{MARGIN + _PLATFORM + 3}")
