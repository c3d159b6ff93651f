"""What watches a gateway, on a real API server.

`PROMETHEUS_OPERATOR_CRDS` names a folder with the operator's own definitions (`monitoring.coreos.com_*.yaml`).
"""

import os
from pathlib import Path
from typing import get_args

import pytest
import yaml

from config.observability import Exporter
from sandbox.cluster.objects import Objects
from sandbox.cluster.readiness import Manifest
from tests.cluster.manifests import manifest
from tests.cluster.test_manifests import manifests_of
from tests.unit.monitoring.files import ALERTS, DASHBOARD_FILES

DEFINITIONS = os.environ.get("PROMETHEUS_OPERATOR_CRDS")
needs_definitions = pytest.mark.skipif(
    DEFINITIONS is None, reason="no operator: set PROMETHEUS_OPERATOR_CRDS to a folder of its CustomResourceDefinitions"
)
EXPORTERS = list(get_args(Exporter))


async def _watching(namespace: str, kinds: set[str], **observability: object) -> list[Manifest]:
    """The objects of some kinds, and the namespace that they live in."""
    found = await manifests_of("dev", namespace, observability=observability)
    return [each for each in found if each["kind"] in {"Namespace", *kinds}]


async def _apply(objects: Objects, manifests: list[Manifest]) -> list[Manifest]:
    return [await objects.apply(each) for each in manifests]


async def test_dashboards_are_accepted_and_stay_as_they_are(objects: Objects, namespace: str) -> None:
    dashboards = await _watching(namespace, {"ConfigMap"}, dashboards={"folder": "Gateways"})
    assert len(dashboards) == 1 + len(DASHBOARD_FILES)

    first, second = await _apply(objects, dashboards), await _apply(objects, dashboards)

    assert [each["metadata"]["resourceVersion"] for each in first[1:]] == [
        each["metadata"]["resourceVersion"] for each in second[1:]
    ]


@needs_definitions
async def test_the_operators_own_definitions_accept_its_objects(objects: Objects, namespace: str) -> None:
    for plural in ("servicemonitors", "prometheusrules"):
        file = Path(str(DEFINITIONS)) / f"monitoring.coreos.com_{plural}.yaml"
        await objects.wait_until_ready(await objects.apply(yaml.safe_load(file.read_text("utf-8"))))
    kinds = {"ServiceMonitor", "PrometheusRule"}
    wanted = await _watching(namespace, kinds, scrape={"by": "service-monitor"}, alerts={"exporters": EXPORTERS})

    first, second = await _apply(objects, wanted), await _apply(objects, wanted)

    assert [each["metadata"].get("generation") for each in first] == [
        each["metadata"].get("generation") for each in second
    ]
    kept = await objects.get(manifest("monitoring.coreos.com/v1", "PrometheusRule", namespace, "kong"))
    assert kept is not None
    assert {rule["alert"] for group in kept["spec"]["groups"] for rule in group["rules"]} == set(ALERTS)
