"""The ways to the Admin API on a real API server: admitted under Pod Security, and in their order."""

from pydantic import JsonValue

from sandbox.cluster.objects import Objects
from tests.cluster.test_manifests import bring_up, manifests_of
from tests.program.stacks import section


async def test_the_loopbacks_job_is_admitted_and_ends_before_kong_is_there(objects: Objects, namespace: str) -> None:
    admin: JsonValue = {
        "access": "loopback",
        "allowed": ["203.0.113.0/24"],
        "programs": {"pulumi": {"name": "kong-admin-keys", "key": "pulumi"}},
        "people": {"alice": {"name": "kong-people", "key": "alice"}},
    }
    ingress = section("prod", "ingress", managerAuth=None)
    manifests = await manifests_of(
        "prod", namespace, admin=admin, ingress=ingress, network={"trustedProxies": ["10.0.0.0/8"]}
    )
    live = await bring_up(objects, manifests)

    (job,) = [each for each in live if each["metadata"]["name"].startswith("kong-administration-")]
    (gateway,) = [each for each in live if each["kind"] == "Deployment"]
    assert job["status"]["succeeded"] == 1
    assert job["status"]["completionTime"] <= gateway["metadata"]["creationTimestamp"]


async def test_an_admin_api_for_the_cluster_is_admitted(objects: Objects, namespace: str) -> None:
    admin: JsonValue = {"access": "in-cluster", "certificateSecret": "kong-admin-tls"}
    network: JsonValue = {"adminFrom": [{"namespace": "ci", "pods": {"app": "runner"}}]}
    live = await bring_up(objects, await manifests_of("dev", namespace, admin=admin, network=network))

    (service,) = [each for each in live if each["metadata"]["name"] == "kong-admin-tls"]
    assert service["spec"]["ports"][0]["port"] == 8444
