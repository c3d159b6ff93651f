"""Ways to the gateway on a real API server: load balancers, both families of addresses, certificates.

cert-manager's own definition comes from its Go module, or from the folder that `CERT_MANAGER_CRDS` names.
"""

import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import JsonValue

from sandbox.cluster.objects import Objects, RefusedError
from sandbox.cluster.readiness import Manifest
from tests.cluster.manifests import manifest
from tests.cluster.test_manifests import manifests_of
from tests.program.stacks import section

CERT_MANAGER = "github.com/cert-manager/cert-manager@v1.18.2"
BALANCER: dict[str, JsonValue] = {
    "type": "LoadBalancer",
    "annotations": {"service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing"},
    "loadBalancerClass": "service.k8s.aws/nlb",
    "sourceRanges": ["198.51.100.0/24"],
    "proxyProtocol": True,
}


@cache
def definitions() -> Path | None:
    """The folder with cert-manager's definitions; None where it cannot be had."""
    if named := os.environ.get("CERT_MANAGER_CRDS"):
        return Path(named)
    go = shutil.which("go")
    if go is None:
        return None
    done = subprocess.run([go, "mod", "download", "-json", CERT_MANAGER], capture_output=True, text=True, check=False)
    return None if done.returncode else Path(json.loads(done.stdout)["Dir"]) / "deploy" / "crds"


async def _of(kinds: set[str], namespace: str, **sections: object) -> list[Manifest]:
    """The objects of some kinds, and the namespace that they live in."""
    found = await manifests_of("prod", namespace, **sections)
    return [each for each in found if each["kind"] in {"Namespace", *kinds}]


async def _applied(objects: Objects, manifests: list[Manifest]) -> list[Manifest]:
    """The objects, as the API server has them; it must see no change when they come again."""
    first = [await objects.apply(each) for each in manifests]
    second = [await objects.apply(each) for each in manifests]
    assert [_kept(each) for each in first] == [_kept(each) for each in second]
    return [each for each in second if each["kind"] != "Namespace"]


def _kept(live: Manifest) -> Any:
    return live["metadata"].get("generation"), live.get("spec")


async def test_a_load_balancer_is_accepted_with_all_its_settings(objects: Objects, namespace: str) -> None:
    network: JsonValue = {"trustedProxies": ["10.0.0.0/8"]}
    wanted = await _of({"Service"}, namespace, proxyService=BALANCER, network=network)
    services = {each["metadata"]["name"]: each["spec"] for each in await _applied(objects, wanted)}
    proxy = services["kong-proxy"]
    assert (proxy["type"], proxy["externalTrafficPolicy"]) == ("LoadBalancer", "Local")
    assert (proxy["loadBalancerClass"], proxy["loadBalancerSourceRanges"]) == (
        "service.k8s.aws/nlb",
        ["198.51.100.0/24"],
    )
    assert {port["port"]: port["targetPort"] for port in proxy["ports"]} == {80: "proxy", 443: 8443}


@pytest.mark.parametrize(
    ("network", "families"),
    [
        ({"ipFamilyPolicy": "RequireDualStack", "ipFamilies": ["IPv6", "IPv4"]}, ["IPv6", "IPv4"]),
        ({"ipFamilyPolicy": "PreferDualStack"}, ["IPv4", "IPv6"]),
        ({"ipFamilies": ["IPv6"]}, ["IPv6"]),
        ({}, ["IPv4"]),
    ],
)
async def test_services_have_addresses_of_the_families_that_the_stack_names(
    network: JsonValue, families: list[str], objects: Objects, namespace: str
) -> None:
    for service in await _applied(objects, await _of({"Service"}, namespace, network=network)):
        assert service["spec"]["ipFamilies"] == families
        assert len(service["spec"]["clusterIPs"]) == len(families)


async def test_cert_managers_own_definition_accepts_the_certificates(objects: Objects, namespace: str) -> None:
    folder = definitions()
    if folder is None:
        pytest.skip(f"no cert-manager: {CERT_MANAGER} could not be fetched; set CERT_MANAGER_CRDS to its deploy/crds")
    definition = yaml.safe_load((folder / "crd-certificates.yaml").read_text("utf-8"))
    definition["metadata"] = {"name": definition["metadata"]["name"]}  # the rest is Helm's
    await objects.wait_until_ready(await objects.apply(definition))
    tls: JsonValue = {
        "by": "cert-manager",
        "issuer": {"name": "letsencrypt"},
        "managerIssuer": {"name": "internal", "kind": "Issuer"},
        "duration": "2160h",
        "renewBefore": "720h",
    }
    auth: JsonValue = {"by": "basic", "secretName": "manager-users"}
    ingress = section("prod", "ingress", tls=tls, managerAuth=auth)
    wanted = await _of({"Certificate", "Ingress", "NetworkPolicy"}, namespace, ingress=ingress)

    live = await _applied(objects, wanted)

    certificates = [each for each in live if each["kind"] == "Certificate"]
    assert {each["spec"]["secretName"] for each in certificates} == {"kong-tls", "kong-manager-tls"}
    wrong = manifest("cert-manager.io/v1", "Certificate", namespace, "wrong", spec={"dnsNames": ["a.example"]})
    with pytest.raises(RefusedError, match="secretName"):
        await objects.apply(wrong)
