"""Checks of what the gateway tells about requests: their ids and their numbers."""

import asyncio
import re
import uuid
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

import httpx

from components.outputs import GatewayOutputs
from gateway.verification.answers import conclude, unless_passed
from gateway.verification.bench import Bench, Check
from gateway.verification.outcome import FailedError, SkippedError
from gateway.verification.probing import probe

METRIC: Final = "kong_http_requests_total"
_ATTEMPTS: Final = 12
"""Every pod counts for itself and each of its workers tells once a second, so one request may not show at once."""


def checks(_: GatewayOutputs) -> Iterator[Check]:
    """The checks of what is observed."""
    yield Check("correlation-id", "Each request has an id, the client's own where it sent one", _correlation)
    yield Check("metrics", "Requests are counted by route", _metrics)


async def _correlation(bench: Bench) -> str:
    header = bench.outputs.correlation_header
    if header is None:
        raise SkippedError("the stack gives requests no id")
    route = bench.easiest_route()
    each, token = probe(route), bench.pass_for(route)
    own = str(uuid.uuid4())
    echoed = await bench.gateway.ask_within_limits(each.method, each.path, token=token, headers={header: own})
    made = await bench.gateway.ask_within_limits(each.method, each.path, token=token)
    problems = [
        unless_passed(echoed),
        None if echoed.headers.get(header) == own else echoed.problem(f"{header} is not the one that was sent"),
        None if made.headers.get(header) else made.problem(f"no {header} in the answer"),
    ]
    return conclude(problems, header)


async def _metrics(bench: Bench) -> str:
    target = bench.target
    if not target.outputs.metrics:
        raise SkippedError("the stack has no metrics")
    if target.metrics_url is None:
        raise SkippedError(target.why_no_metrics)
    url = metrics_endpoint(target.metrics_url)
    route = bench.easiest_route()
    each, token = probe(route), bench.pass_for(route)
    async with httpx.AsyncClient(timeout=10) as http:
        before = await _count(http, url, route.name)
        for _ in range(_ATTEMPTS):
            await bench.gateway.ask_within_limits(each.method, each.path, token=token)
            after = await _count(http, url, route.name)
            if after > before:
                return f"{METRIC} of {route.name}: {after:,.0f}"
            await asyncio.sleep(0.5)
    raise FailedError(
        f"{METRIC} of {route.name} stays at {before:,.0f} at {url}; "
        "is the prometheus plugin on, with observability.prometheus.statusCodes?"
    )


async def _count(http: httpx.AsyncClient, url: str, route: str) -> float:
    try:
        response = await http.get(url)
    except httpx.TransportError as error:
        raise FailedError(f"{url} does not answer: {error}") from error
    if response.status_code != 200:
        raise FailedError(f"{url} answered {response.status_code}")
    return requests_of(response.text, route)


def requests_of(metrics: str, route: str) -> float:
    """How many requests of a route Prometheus' text format tells, whatever their status and consumer."""
    sample = re.compile(rf'^{METRIC}\{{(?:[^}}]*,)?route="{re.escape(route)}"[^}}]*\}} (\S+)$', re.MULTILINE)
    return sum(float(value) for value in sample.findall(metrics))


def metrics_endpoint(url: str) -> str:
    """The URL of the metrics: `/metrics` when it has no path."""
    return url if urlsplit(url).path.strip("/") else f"{url.rstrip('/')}/metrics"
