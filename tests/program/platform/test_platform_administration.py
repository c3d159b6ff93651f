"""The ways to the Admin API and to Kong Manager, as Kubernetes gets them."""

import pytest
from pydantic import JsonValue

from entities.administration import seed
from entities.state import Owner
from tests.program.platform.conftest import Deploy
from tests.program.platform.objects import DEPLOYMENT, INGRESS, JOB, SERVICE, kong, pods, variables
from tests.program.resources import inputs, object_name
from tests.program.stacks import section, stack_settings

IN_CLUSTER: JsonValue = {"access": "in-cluster", "certificateSecret": "kong-admin-tls"}
PEOPLE: dict[str, JsonValue] = {"alice": {"name": "kong-people", "key": "alice"}}


def loopback(**admin: JsonValue) -> dict[str, JsonValue]:
    """The sections that give prod a loopback."""
    given: dict[str, JsonValue] = {
        "access": "loopback",
        "allowed": ["203.0.113.0/24"],
        "programs": {"pulumi": {"name": "kong-admin-keys", "key": "pulumi"}},
    }
    return {
        "admin": given | admin,
        "ingress": section("prod", "ingress", managerAuth=None),
        "network": {"trustedProxies": ["10.0.0.0/8"]},
    }


async def test_a_stack_where_nobody_asks_who_comes_has_no_ingress_for_kong_manager(deploy: Deploy) -> None:
    recording = await deploy(stack_settings("dev", ingress=section("dev", "ingress", managerAuth=None)))
    assert [object_name(each) for each in recording.of_type(INGRESS)] == ["kong"]


@pytest.mark.parametrize(
    ("asking", "annotations"),
    [
        (
            {"by": "basic", "secretName": "kong-manager-users"},
            {"auth-type": "basic", "auth-secret": "kong-manager-users", "auth-realm": "Kong Manager"},
        ),
        (
            {"by": "forward", "url": "http://oauth2-proxy.auth.svc/oauth2/auth", "signIn": "https://sso.example/start"},
            {"auth-url": "http://oauth2-proxy.auth.svc/oauth2/auth", "auth-signin": "https://sso.example/start"},
        ),
    ],
    ids=["basic", "forward"],
)
async def test_the_ingress_controller_asks_who_comes_whatever_else_is_annotated(
    asking: JsonValue, annotations: dict[str, str], deploy: Deploy
) -> None:
    weaker: JsonValue = {
        "nginx.ingress.kubernetes.io/auth-type": "",
        "nginx.ingress.kubernetes.io/auth-url": "",
        "nginx.ingress.kubernetes.io/satisfy": "any",
    }
    ingress = section("dev", "ingress", managerAuth=asking, annotations=weaker)
    recording = await deploy(stack_settings("dev", ingress=ingress))
    found = inputs(recording.one(INGRESS, "kong-manager"))["metadata"]["annotations"]
    wanted = {
        f"nginx.ingress.kubernetes.io/{name}": value for name, value in (annotations | {"satisfy": "all"}).items()
    }
    assert found.items() >= wanted.items()


async def test_the_gateway_itself_is_asked_for_no_password(deploy: Deploy) -> None:
    recording = await deploy(stack_settings("dev"))
    found = inputs(recording.one(INGRESS, "kong"))["metadata"]["annotations"]
    assert not any("auth" in name for name in found)


async def test_peers_in_the_cluster_have_a_service_and_kong_a_certificate(deploy: Deploy) -> None:
    network: JsonValue = {"adminFrom": [{"namespace": "ci"}]}
    recording = await deploy(stack_settings("dev", admin=IN_CLUSTER, network=network))

    (port,) = inputs(recording.one(SERVICE, "kong-admin-tls"))["spec"]["ports"]
    assert (port["port"], port["targetPort"]) == (8444, 8444)
    pod = inputs(recording.one(DEPLOYMENT))["spec"]["template"]["spec"]
    volumes = {each["name"]: each.get("secret", {}).get("secretName") for each in pod["volumes"]}
    mounts = {each["mountPath"]: each["name"] for each in kong(recording)["volumeMounts"]}
    assert volumes[mounts["/etc/kong-admin"]] == "kong-admin-tls"


async def test_otherwise_there_is_neither(deploy: Deploy) -> None:
    recording = await deploy(stack_settings("dev"))
    assert "kong-admin-tls" not in [object_name(each) for each in recording.of_type(SERVICE)]
    assert "/etc/kong-admin" not in [each["mountPath"] for each in kong(recording)["volumeMounts"]]


async def test_the_loopback_is_seeded_between_migrations_and_kong(deploy: Deploy) -> None:
    settings = stack_settings("prod", **loopback(people=PEOPLE))
    recording = await deploy(settings, seed=seed(settings, Owner("omnify-gateway", "prod")))

    (job,) = [each for each in recording.of_type(JOB) if object_name(each).startswith("kong-administration-")]
    (prepared,) = [each for each in recording.of_type(JOB) if object_name(each).startswith("kong-migrations-up-")]
    assert recording.waits_for(job, prepared)
    assert recording.waits_for(recording.one(DEPLOYMENT), job)


async def test_the_job_reads_credentials_from_their_secrets_and_reaches_the_database_alone(deploy: Deploy) -> None:
    settings = stack_settings("prod", **loopback(people=PEOPLE))
    recording = await deploy(settings, seed=seed(settings, Owner("omnify-gateway", "prod")))
    (pod,) = [each for each in pods(recording) if each["containers"][0]["name"] == "administration"]
    (container,) = pod["containers"]
    found = variables(container)
    assert found["PROGRAM_PULUMI"] == {"secretKeyRef": {"name": "kong-admin-keys", "key": "pulumi"}}
    assert found["PERSON_ALICE"] == {"secretKeyRef": {"name": "kong-people", "key": "alice"}}
    assert found["KONG_DATABASE"] == "postgres"
    (job,) = [each for each in recording.of_type(JOB) if object_name(each).startswith("kong-administration-")]
    labels = inputs(job)["spec"]["template"]["metadata"]["labels"]
    assert labels["app.kubernetes.io/component"] == "migrations"


async def test_another_loopback_runs_the_job_again_and_replaces_the_pods(deploy: Deploy) -> None:
    seen: list[tuple[str, str]] = []
    for allowed in ("203.0.113.0/24", "192.0.2.0/24"):
        settings = stack_settings("prod", **loopback(allowed=[allowed]))
        recording = await deploy(settings, seed=seed(settings, Owner("omnify-gateway", "prod")))
        (job,) = [each for each in recording.of_type(JOB) if object_name(each).startswith("kong-administration-")]
        seen.append((object_name(job), variables(kong(recording))["GATEWAY_LOOPBACK"]))
    (job, read), (other_job, other_read) = seen
    assert job != other_job
    assert read != other_read


async def test_the_host_of_the_loopback_leads_to_the_proxy(deploy: Deploy) -> None:
    settings = stack_settings("prod", **loopback())
    recording = await deploy(settings, seed=seed(settings, Owner("omnify-gateway", "prod")))
    (rule,) = inputs(recording.one(INGRESS, "kong-manager"))["spec"]["rules"]
    (path,) = rule["http"]["paths"]
    assert rule["host"] == "kong-admin.omnify.local"
    assert path["backend"]["service"] == {"name": "kong-proxy", "port": {"name": "proxy"}}
