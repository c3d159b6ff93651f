"""How people come to the gateway: Ingress or load balancer, certificates, families of addresses."""

from typing import Any

import pytest
from pydantic import JsonValue

from tests.program.platform.conftest import Deploy
from tests.program.platform.objects import DEPLOYMENT, INGRESS, SERVICE, kong
from tests.program.resources import Resources, inputs, object_name
from tests.program.stacks import section, stack_settings

CERTIFICATE = "kubernetes:cert-manager.io/v1:Certificate"
AUTH: JsonValue = {"by": "basic", "secretName": "manager-users"}
BALANCER: dict[str, JsonValue] = {
    "type": "LoadBalancer",
    "annotations": {"service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing"},
    "loadBalancerClass": "service.k8s.aws/nlb",
    "sourceRanges": ["198.51.100.0/24"],
}
ISSUED: dict[str, JsonValue] = {"by": "cert-manager", "issuer": {"name": "letsencrypt"}}


def ingress(**keys: JsonValue) -> JsonValue:
    return section("prod", "ingress", managerAuth=AUTH, **keys)


def ingresses(recording: Resources) -> dict[str, dict[str, Any]]:
    return {object_name(each): inputs(each) for each in recording.of_type(INGRESS)}


def services(recording: Resources) -> dict[str, dict[str, Any]]:
    return {object_name(each): inputs(each) for each in recording.of_type(SERVICE)}


def certificates(recording: Resources) -> dict[str, dict[str, Any]]:
    return {object_name(each): inputs(each)["spec"] for each in recording.of_type(CERTIFICATE)}


async def test_a_load_balancer_leads_straight_to_kong(deploy: Deploy) -> None:
    recording = await deploy(stack_settings("prod", proxyService=BALANCER))
    service = services(recording)["kong-proxy"]
    assert service["spec"]["type"] == "LoadBalancer"
    assert [(port["port"], port["targetPort"]) for port in service["spec"]["ports"]] == [(80, "proxy"), (443, 8443)]
    assert service["spec"]["externalTrafficPolicy"] == "Local"
    assert service["spec"]["loadBalancerClass"] == "service.k8s.aws/nlb"
    assert service["spec"]["loadBalancerSourceRanges"] == ["198.51.100.0/24"]
    annotations = service["metadata"]["annotations"]
    assert annotations["service.beta.kubernetes.io/aws-load-balancer-scheme"] == "internet-facing"
    assert "kong" not in ingresses(recording)


async def test_kong_shows_the_secrets_certificate_behind_a_load_balancer(deploy: Deploy) -> None:
    recording = await deploy(stack_settings("prod", proxyService=BALANCER))
    volumes = inputs(recording.one(DEPLOYMENT))["spec"]["template"]["spec"]["volumes"]
    (volume,) = [each for each in volumes if each.get("secret", {}).get("secretName") == "kong-tls"]
    mounts = {each["name"]: each for each in kong(recording)["volumeMounts"]}
    assert mounts[volume["name"]]["mountPath"] == "/etc/kong-tls"
    assert mounts[volume["name"]]["readOnly"]


async def test_behind_an_ingress_no_other_service_is_reached_from_outside(deploy: Deploy) -> None:
    recording = await deploy(stack_settings("prod"))
    assert {each["spec"]["type"] for each in services(recording).values()} == {"ClusterIP"}
    assert [port["port"] for port in services(recording)["kong-proxy"]["spec"]["ports"]] == [80]
    volumes = inputs(recording.one(DEPLOYMENT))["spec"]["template"]["spec"]["volumes"]
    assert not [each for each in volumes if "secret" in each]


async def test_a_load_balancer_without_tls_has_one_port(deploy: Deploy) -> None:
    recording = await deploy(stack_settings("dev", proxyService={"type": "LoadBalancer"}))
    assert [port["port"] for port in services(recording)["kong-proxy"]["spec"]["ports"]] == [80]


async def test_every_service_has_the_families_that_the_stack_names(deploy: Deploy) -> None:
    network: JsonValue = {"ipFamilies": ["IPv6", "IPv4"], "ipFamilyPolicy": "RequireDualStack"}
    specs = [each["spec"] for each in services(await deploy(stack_settings("prod", network=network))).values()]
    assert {each["ipFamilyPolicy"] for each in specs} == {"RequireDualStack"}
    assert all(each["ipFamilies"] == ["IPv6", "IPv4"] for each in specs)
    left_out = [each["spec"] for each in services(await deploy(stack_settings("prod"))).values()]
    assert not [each for each in left_out if "ipFamilyPolicy" in each or "ipFamilies" in each]


async def test_each_host_has_a_certificate_and_a_secret_of_its_own(deploy: Deploy) -> None:
    own: dict[str, JsonValue] = {
        "managerIssuer": {"name": "internal", "kind": "Issuer"},
        "duration": "2160h",
        "renewBefore": "720h",
        "privateKey": {"algorithm": "RSA", "size": 4096},
    }
    recording = await deploy(stack_settings("prod", ingress=ingress(tls=ISSUED | own)))
    found = certificates(recording)
    assert found["kong-tls"] == {
        "dnsNames": ["kong.omnify.local"],
        "secretName": "kong-tls",
        "issuerRef": {"name": "letsencrypt", "kind": "ClusterIssuer", "group": "cert-manager.io"},
        "duration": "2160h",
        "renewBefore": "720h",
        "usages": ["digital signature", "server auth"],
        "privateKey": {"algorithm": "RSA", "size": 4096, "rotationPolicy": "Always"},
    }
    assert found["kong-manager-tls"]["dnsNames"] == ["kong-admin.omnify.local"]
    assert found["kong-manager-tls"]["issuerRef"]["name"] == "internal"
    hosts = {name: each["spec"]["tls"] for name, each in ingresses(recording).items()}
    assert hosts["kong"] == [{"hosts": ["kong.omnify.local"], "secretName": "kong-tls"}]
    assert hosts["kong-manager"] == [{"hosts": ["kong-admin.omnify.local"], "secretName": "kong-manager-tls"}]


async def test_no_certificate_is_asked_for_a_host_that_nothing_serves(deploy: Deploy) -> None:
    unserved = section("prod", "ingress", tls=ISSUED, managerAuth=None)
    recording = await deploy(stack_settings("prod", ingress=unserved))
    assert list(certificates(recording)) == ["kong-tls"]
    assert certificates(await deploy(stack_settings("prod"))) == {}


async def test_a_load_balancers_certificate_comes_from_cert_manager_as_well(deploy: Deploy) -> None:
    recording = await deploy(stack_settings("prod", ingress=ingress(tls=ISSUED), proxyService=BALANCER))
    volumes = inputs(recording.one(DEPLOYMENT))["spec"]["template"]["spec"]["volumes"]
    assert [each["secret"]["secretName"] for each in volumes if "secret" in each] == ["kong-tls"]


@pytest.mark.parametrize(
    ("tls", "gateway", "manager"),
    [
        ({"by": "secret", "secretName": "one"}, "one", "one"),
        ({"by": "secret", "secretName": "one", "managerSecretName": "two"}, "one", "two"),
        ({"by": "controller"}, None, None),
    ],
)
async def test_certificates_that_somebody_keeps(
    tls: JsonValue, gateway: str | None, manager: str | None, deploy: Deploy
) -> None:
    found = ingresses(await deploy(stack_settings("prod", ingress=ingress(tls=tls))))
    secrets = {name: [each["secretName"] for each in of["spec"].get("tls", [])] for name, of in found.items()}
    assert secrets == {"kong": [gateway] if gateway else [], "kong-manager": [manager] if manager else []}


NGINX = "nginx.ingress.kubernetes.io"
ALB = "alb.ingress.kubernetes.io"
SECRET: dict[str, JsonValue] = {"by": "secret", "secretName": "kong-tls"}


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ({"tls": SECRET}, {f"{NGINX}/ssl-redirect": "true"}),
        ({"tls": SECRET | {"redirect": False}}, {f"{NGINX}/ssl-redirect": "false"}),
        ({"tls": {"by": "controller"}}, {f"{NGINX}/force-ssl-redirect": "true"}),
        ({"tls": None}, {}),
        ({"tls": SECRET, "className": "haproxy"}, {"haproxy.org/ssl-redirect": "true"}),
        ({"tls": SECRET, "className": "own", "controller": "ingress-nginx"}, {f"{NGINX}/ssl-redirect": "true"}),
        ({"tls": {"by": "controller"}, "className": "alb"}, {f"{ALB}/ssl-redirect": "443"}),
    ],
)
async def test_the_controller_is_told_whether_to_redirect(
    keys: dict[str, JsonValue], wanted: dict[str, str], deploy: Deploy
) -> None:
    own = section("prod", "ingress", annotations={}, managerAuth=None, **keys)
    found = ingresses(await deploy(stack_settings("prod", ingress=own)))
    annotations = found["kong"]["metadata"]["annotations"]
    assert {name: value for name, value in annotations.items() if name.endswith("ssl-redirect")} == wanted


async def test_an_annotation_of_the_stack_has_the_last_word(deploy: Deploy) -> None:
    own: JsonValue = {f"{NGINX}/ssl-redirect": "false"}
    found = ingresses(await deploy(stack_settings("prod", ingress=section("prod", "ingress", annotations=own))))
    assert found["kong"]["metadata"]["annotations"][f"{NGINX}/ssl-redirect"] == "false"
