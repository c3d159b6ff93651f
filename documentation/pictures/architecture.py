"""The architecture: what a stack's files become, on one screen."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final

from config.files import PROJECT_FILE, stack_file
from documentation.pictures.graph import Component, components, kind, layers, needed
from documentation.pictures.stack import STACK, declared, recorded
from documentation.pictures.svg import MARGIN, Canvas, mono_width

WIDTH: Final = 1000
_PAD: Final = 14
_STEP: Final = 44
"""From a panel to the next."""

_PLATFORM: Final = WIDTH - 2 * MARGIN - 44
_PAST: Final = WIDTH - MARGIN - 20

_Place = tuple[float, float, float]
"""Left, top and width."""


def picture() -> str:
    """The picture as SVG."""
    known = components(recorded())
    kong = next(each for each in known.values() if each.title == "KongEntities")
    platform = {urn: each for urn, each in known.items() if urn != kong.urn}
    canvas = Canvas(
        WIDTH,
        "The architecture",
        f"A stack's files become typed settings; these become the desired state of Kong and, for stack {STACK}, "
        f"{sum(len(each.resources) for each in platform.values())} Kubernetes objects in components; the desired state "
        "becomes one resource an entity, which a provider writes through the Admin API. Other stacks read the outputs.",
    )
    y = _stages(canvas, MARGIN)
    y = _platform(canvas, platform, y + _STEP)
    _down(canvas, MARGIN + 160, y)
    canvas.text(MARGIN + 176, y + 27, "Kong is migrated, and its Admin API answers", "small quiet")
    y = _kong(canvas, kong, y + _STEP)
    _down(canvas, MARGIN + 160, y)
    return canvas.document(_outputs(canvas, y + _STEP) + MARGIN)


def _stages(canvas: Canvas, y: float) -> float:
    entities = sum(1 for _ in declared())
    stages = (
        (f"{PROJECT_FILE} + {stack_file(STACK)}", "ink", "APIs, tiers, environments"),
        ("config/", "blue", "typed; what is wrong is named by its key path"),
        ("entities/", "blue", f"{entities} entities, complete by Kong's own schema"),
    )
    width = (WIDTH - 2 * MARGIN - 2 * 36) / 3
    for at, (name, colour, line) in enumerate(stages):
        x = MARGIN + at * (width + 36)
        canvas.box(x, y, width, 60, "panel", radius=10)
        canvas.text(x + _PAD, y + 25, name, f"mono strong {colour}")
        canvas.text(x + _PAD, y + 46, line, "small ink")
        if at:
            canvas.arrow(f"M{x - 34} {y + 30}H{x - 4}")
    _down(canvas, MARGIN + width + 36 + width / 2, y + 60)
    return y + 60


def _platform(canvas: Canvas, known: Mapping[str, Component], y: float) -> float:
    columns = layers(known)
    tall = max(map(len, columns))
    height = 44 + tall * 48 + (tall - 1) * 12 + _PAD
    canvas.box(MARGIN, y, _PLATFORM, height, "panel", radius=10)
    canvas.text(MARGIN + _PAD, y + 26, "components/platform", "mono strong blue")
    # The desired state goes past Kubernetes to Kong's entities.
    canvas.arrow(f"M{_PAST} {y - _STEP + 4}V{y + height + _STEP - 4}")
    count = sum(len(each.resources) for each in known.values())
    said = f"{count} Kubernetes objects of stack {STACK}, in the order in which they come up"
    canvas.text(MARGIN + _PLATFORM - _PAD, y + 26, said, "small quiet", "end")
    widths = [max(_width(known, each) for each in column) for column in columns]
    gap = (_PLATFORM - 2 * _PAD - sum(widths)) / max(len(columns) - 1, 1)
    places: dict[str, _Place] = {}
    x = MARGIN + _PAD
    for column, width in zip(columns, widths, strict=True):
        first = y + 44 + (tall - len(column)) * 30
        places |= {each.urn: (x, first + row * 60, width) for row, each in enumerate(column)}
        x += width + gap
    for urn, each in known.items():
        for before in sorted(needed(known, each)):
            _edge(canvas, places[before], places[urn])
    for urn, (x, top, width) in places.items():
        canvas.box(x, top, width, 48)
        canvas.text(x + 11, top + 20, known[urn].title, "small strong ink")
        canvas.text(x + 11, top + 37, _kinds(known, known[urn]), "mono small green")
    return y + height


def _width(known: Mapping[str, Component], component: Component) -> float:
    return max(len(component.title) * 8.2, mono_width(_kinds(known, component), 11)) + 22


def _kinds(known: Mapping[str, Component], component: Component) -> str:
    """The most telling of its kinds and how many resources there are besides; which it is where there are two."""
    found = sorted(map(kind, component.resources), key=lambda name: (name not in _TELLING, name))
    others = len(found) - found.count(found[0])
    which = component.name.rpartition("-")[2] if _twice(known, component) else ""
    return " ".join(filter(None, (found[0], which, f"+{others}" if others else "")))


def _twice(known: Mapping[str, Component], component: Component) -> bool:
    return sum(1 for each in known.values() if each.title == component.title) > 1


_TELLING: Final = ("StatefulSet", "Deployment")


def _edge(canvas: Canvas, before: _Place, after: _Place) -> None:
    start, end = before[0] + before[2], after[0] - 3
    y, to = before[1] + 24, after[1] + 24
    bend = (start + end) / 2
    canvas.arrow(f"M{start:.1f} {y:.1f}C{bend:.1f} {y:.1f} {bend - 6:.1f} {to:.1f} {end:.1f} {to:.1f}")


def _kong(canvas: Canvas, component: Component, y: float) -> float:
    canvas.box(MARGIN, y, WIDTH - 2 * MARGIN, 106, "panel", radius=10)
    canvas.text(MARGIN + _PAD, y + 26, "components/tracked", "mono strong blue")
    said = f"{len(component.resources)} Kong entities, each a resource; or kong.yml in a ConfigMap (mode: dbless)"
    canvas.text(WIDTH - MARGIN - _PAD, y + 26, said, "small quiet", "end")
    kinds = [(name, len(list(each))) for name, each in groupby(component.resources, key=kind)]
    x = _row(canvas, kinds, MARGIN + _PAD, y + 44)
    end = WIDTH - MARGIN - _PAD
    canvas.arrow(f"M{x - 8} {y + 68}H{x + 20}")
    canvas.box(x + 23, y + 44, end - x - 23, 48)
    canvas.text(x + 35, y + 64, "provider/", "mono small strong blue")
    canvas.text(x + 35, y + 81, "the Admin API, by a tunnel", "small ink")
    return y + 106


def _row(canvas: Canvas, kinds: Sequence[tuple[str, int]], x: float, y: float) -> float:
    for name, count in kinds:
        width = max(mono_width(name, 11), 30) + 22
        canvas.box(x, y, width, 48)
        canvas.text(x + 11, y + 20, str(count), "small strong ink")
        canvas.text(x + 11, y + 37, name, "mono small green")
        x += width + 8
    return x


def _outputs(canvas: Canvas, y: float) -> float:
    canvas.box(MARGIN, y, WIDTH - 2 * MARGIN, 44, "green-card", radius=10)
    canvas.text(MARGIN + _PAD, y + 27, "output gateway", "mono strong green")
    said = "a versioned contract without secrets: other stacks read it, and register routes of their own"
    canvas.text(WIDTH - MARGIN - _PAD, y + 27, said, "ink", "end")
    return y + 44


def _down(canvas: Canvas, x: float, y: float) -> None:
    canvas.arrow(f"M{x:.1f} {y + 4:.1f}V{y + _STEP - 4:.1f}")
