"""Where Kong and what stands around it, the Ingress and the pods' end, do not agree."""

import re
from collections.abc import Iterator, Mapping, Sequence

from config.ingress import Ingress
from config.problems import Location, key_path
from entities.lint.items import Item
from entities.lint.rule import Flaw, Rule
from entities.lint.selection import is_active, name_of
from entities.lint.subject import Subject

_NGINX = "nginx.ingress.kubernetes.io/"
_BODY_SIZE = f"{_NGINX}proxy-body-size"
_READ_TIMEOUT = f"{_NGINX}proxy-read-timeout"
_DEFAULT_BODY = "1m"
_DEFAULT_READ = "60"
"""What ingress-nginx takes where neither an annotation nor its own ConfigMap says another."""
_SIZES: Mapping[str, int] = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30}
_UNITS: Mapping[object, int] = {"megabytes": 2**20, "kilobytes": 2**10, "bytes": 1}
"""Of request-size-limiting (Kong: kong/plugins/request-size-limiting/handler.lua)."""


def _bodies(subject: Subject) -> Iterator[Flaw]:
    ingress = subject.settings.ingress
    at_most = _size(ingress.annotations.get(_BODY_SIZE, _DEFAULT_BODY)) if _is_nginx(ingress) else None
    limits = list(_body_limits(subject))
    if not at_most or not limits:
        return
    largest, plugin = max(limits, key=lambda limit: limit[0])
    if largest > at_most:
        written = ingress.annotations.get(_BODY_SIZE)
        yield Flaw(
            _annotation(ingress, _BODY_SIZE),
            "ingress",
            f"{key_path(plugin.place)} lets bodies of {_in_words(largest)} pass, but ingress-nginx refuses what "
            f"is above {_in_words(at_most)}" + ("" if written else ", its default"),
            f"write {_BODY_SIZE}: '{_in_nginx(largest)}', or '0' to leave it to Kong",
        )


def _body_limits(subject: Subject) -> Iterator[tuple[int, Item]]:
    for plugin in subject.plugins:
        if name_of(plugin) == "request-size-limiting" and is_active(plugin):
            size = plugin.known("config", "allowed_payload_size")
            if isinstance(size, int | float):
                yield int(size) * _UNITS.get(plugin.known("config", "size_unit"), 2**20), plugin


def _size(written: str) -> int | None:
    """A size as nginx reads it, in bytes; 0 is no limit."""
    match = re.fullmatch(r"(\d+)([kmg]?)", written.strip().lower())
    return int(match[1]) * _SIZES[match[2]] if match else None


def _in_nginx(size: int) -> str:
    return next(f"{size // factor}{unit}" for unit, factor in reversed([*_SIZES.items()]) if size % factor == 0)


def _in_words(size: int) -> str:
    return f"{size / 2**20:g} MB" if size >= 2**20 else f"{size:,} bytes"


def _timeouts(subject: Subject) -> Iterator[Flaw]:
    ingress = subject.settings.ingress
    written = ingress.annotations.get(_READ_TIMEOUT)
    if not _is_nginx(ingress) or not (written or _DEFAULT_READ).isdecimal():
        return
    patience = int(written or _DEFAULT_READ)
    waits = [(_longest(service), service) for service in _served(subject)]
    slow = [(longest, service) for longest, service in waits if longest > patience * 1000]
    if slow:
        longest, service = max(slow, key=lambda each: each[0])
        seconds = -(-longest // 1000)
        tries = service.known("retries") + 1
        timeouts = " + ".join(f"{service.known(field) / 1000:g}" for field in _TIMEOUTS)
        others = f" (and of {len(slow) - 1} more)" if len(slow) > 1 else ""
        yield Flaw(
            _annotation(ingress, _READ_TIMEOUT),
            "ingress",
            f"Kong may wait {seconds} s for service {service.key!r}{others}: {_tries(tries)} of {timeouts} s to "
            f"connect, write and read; ingress-nginx gives up after {patience} s"
            + ("" if written else ", its default"),
            f"write {_READ_TIMEOUT}: '{seconds}', or lower {key_path(service.place)}'s timeouts and retries",
        )


_TIMEOUTS = ("connect_timeout", "write_timeout", "read_timeout")


def _tries(count: int) -> str:
    return "one try" if count == 1 else f"{count} tries"


def _longest(service: Item) -> int:
    """The milliseconds for which Kong may wait for a backend: it tries again after a timeout, too.

    nginx's `proxy_next_upstream`, `error timeout`, is Kong's as well (Kong: kong/templates/nginx_kong.lua).
    """
    return (service.known("retries") + 1) * sum(service.known(field) for field in _TIMEOUTS)


def _served(subject: Subject) -> Sequence[Item]:
    """The services to which a route leads."""
    wanted = {route.service for route in subject.routes}
    return [service for key, service in subject.services.items() if key in wanted]


def _ends(subject: Subject) -> Iterator[Flaw]:
    platform = subject.settings.platform
    needs = [(-(-_one_try(service) // 1000), service) for service in _served(subject)]
    cut = [(needed, service) for needed, service in needs if needed > platform.patience_seconds]
    if cut:
        needed, service = max(cut, key=lambda each: each[0])
        others = f" (and one to any of {len(cut) - 1} more)" if len(cut) > 1 else ""
        yield Flaw(
            ("platform", "gracePeriodSeconds"),
            "platform",
            f"a pod that ends leaves running requests {platform.patience_seconds} s after its drain, and one to "
            f"service {service.key!r}{others} may take {needed} s",
            f"write at least {needed + platform.drain_seconds + 5}, or lower {key_path(service.place)}'s read timeout",
        )


def _one_try(service: Item) -> int:
    """The milliseconds that a request takes at most whose backend answers at its first try."""
    return int(service.known("connect_timeout") + service.known("read_timeout"))


def _annotation(ingress: Ingress, name: str) -> Location:
    return ("ingress", "annotations", name) if name in ingress.annotations else ("ingress", "annotations")


def _is_nginx(ingress: Ingress) -> bool:
    """Whether ingress-nginx serves the Ingress, by its usual class or by its annotations."""
    return ingress.class_name == "nginx" or any(name.startswith(_NGINX) for name in ingress.annotations)


BODY_LIMIT_ABOVE_PROXY = Rule(
    name="body-limit-above-proxy",
    severity="error",
    summary="A body that Kong lets pass and ingress-nginx refuses before it gets there.",
    why="ingress-nginx answers 413 above 1 MB unless an annotation says otherwise, and clients get its page instead of "
    "Kong's answer.",
    instead="Write the annotation `nginx.ingress.kubernetes.io/proxy-body-size`; `0` leaves the limit to Kong.",
    flaws=_bodies,
)
TIMEOUTS_ABOVE_INGRESS = Rule(
    name="timeouts-above-ingress",
    severity="warning",
    summary="A backend for which Kong, all tries together, waits longer than ingress-nginx waits for Kong.",
    why="The Ingress then gives up first: the client gets 504, and the same request is sent to another pod while the "
    "first still runs. It waits 60 s unless an annotation says otherwise.",
    instead="Write the annotation `nginx.ingress.kubernetes.io/proxy-read-timeout`, or lower the API's timeouts.",
    flaws=_timeouts,
)
REQUESTS_OUTLIVE_PODS = Rule(
    name="requests-outlive-pods",
    severity="warning",
    summary="A backend that may take longer to answer than a pod that ends waits for running requests.",
    why="With each deployment, and each node that is drained, such requests are cut off. After `drainSeconds` what is "
    "left of `gracePeriodSeconds`, but for five seconds, is theirs.",
    instead="Write a longer `gracePeriodSeconds`, or a shorter read timeout.",
    flaws=_ends,
)
