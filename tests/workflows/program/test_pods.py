"""What the pods of a stack are: hardened, probed, spread, and told what they need."""

import base64
import re
from typing import Any

import pytest
import yaml
from pydantic import JsonValue

from tests.program.resources import Resources, inputs, object_name
from tests.workflows.program.stack import KEPT_PASSWORD, document, gateway_of, pods, record, resources, section

CONFIG_MAP, BUDGET = "kubernetes:core/v1:ConfigMap", "kubernetes:policy/v1:PodDisruptionBudget"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"


def container(pod: dict[str, Any], index: int = 0) -> dict[str, Any]:
    return pod["containers"][index]


def environment(pod: dict[str, Any], index: int = 0) -> dict[str, Any]:
    """A container's variables: values, or where a Secret has them, or the pod's field."""
    found: dict[str, Any] = {}
    for each in container(pod, index)["env"]:
        origin = each.get("valueFrom", {})
        key = origin.get("secretKeyRef")
        found[each["name"]] = (
            each["value"] if "value" in each else (key["name"], key["key"]) if key else origin["fieldRef"]["fieldPath"]
        )
    return found


def server_config(made: Resources) -> dict[str, Any]:
    """The server's configuration, with what a pod's environment says."""
    (found,) = [each for each in made.of_type(CONFIG_MAP) if each.name == "temporal-server-config"]
    text = inputs(found)["data"]["server.yaml"]
    assert text.startswith("# enable-template\n")
    filled = re.sub(r'\{\{ env "(\w+)" \| quote \}\}', lambda each: f'"<{each[1]}>"', text)
    return yaml.safe_load(filled)


def test_every_container_is_hardened_and_has_its_bounds(made: Resources) -> None:
    found = pods(made)
    assert len(found) >= 9
    for name, pod in found.items():
        assert pod["automountServiceAccountToken"] is False, name
        assert pod["enableServiceLinks"] is False, name
        assert pod["serviceAccountName"], name
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        for each in pod["containers"]:
            assert each["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "readOnlyRootFilesystem": True,
            }, name
            assert each["resources"]["requests"].keys() == each["resources"]["limits"].keys() == {"cpu", "memory"}


def test_every_pod_that_serves_is_asked_whether_it_does_and_spread(made: Resources) -> None:
    for name, pod in pods(made).items():
        if not name.startswith("Deployment/"):
            continue
        assert all("readinessProbe" in each and "livenessProbe" in each for each in pod["containers"]), name
        keys = [each["topologyKey"] for each in pod["topologySpreadConstraints"]]
        assert keys == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"], name


def test_in_development_one_pod_has_every_service_and_in_production_each_has_its_own(
    dev: Resources, prod: Resources
) -> None:
    def services(made: Resources) -> dict[str, str]:
        return {
            name.removeprefix("Deployment/"): environment(pod)["TEMPORAL_SERVICES"]
            for name, pod in pods(made).items()
            if "TEMPORAL_SERVICES" in environment(pod)
        }

    assert services(dev) == {"temporal": "frontend,history,matching,worker"}
    assert services(prod) == {f"temporal-{each}": each for each in ("frontend", "history", "matching", "worker")}
    replicas = {object_name(each): inputs(each)["spec"]["replicas"] for each in prod.of_type(DEPLOYMENT)}
    assert (replicas["temporal-history"], replicas["temporal-matching"]) == (3, 2)


def test_each_service_is_asked_by_the_name_under_which_it_tells_its_health(prod: Resources) -> None:
    asked = {
        name: container(pod)["readinessProbe"]["grpc"]
        for name, pod in pods(prod).items()
        if "TEMPORAL_SERVICES" in environment(pod)
    }

    assert asked == {
        f"Deployment/temporal-{service}": {"port": port, "service": f"temporal.api.workflowservice.v1.{health}"}
        for service, port, health in (
            ("frontend", 7233, "WorkflowService"),
            ("history", 7234, "HistoryService"),
            ("matching", 7235, "MatchingService"),
            ("worker", 7239, "WorkerService"),
        )
    }


def test_a_budget_keeps_pods_wherever_there_are_several(prod: Resources, dev: Resources) -> None:
    budgets = {object_name(each): inputs(each)["spec"] for each in prod.of_type(BUDGET)}

    assert budgets.keys() == {object_name(each) for each in prod.of_type(DEPLOYMENT)}
    assert {name: spec.get("minAvailable") for name, spec in budgets.items()} == {
        "temporal-frontend": 1,
        "temporal-history": 2,
        "temporal-matching": 1,
        "temporal-worker": 1,
        "temporal-ui": None,
        "workers-0-1-0": 2,
        "workflows-api": 1,
    }
    assert budgets["temporal-ui"]["maxUnavailable"] == 1
    assert dev.of_type(BUDGET) == []


def test_the_server_finds_its_stores_its_peers_and_itself(dev: Resources, prod: Resources) -> None:
    config = server_config(prod)
    stores = config["persistence"]["datastores"]

    assert config["persistence"]["numHistoryShards"] == 512
    assert [stores[each]["sql"]["databaseName"] for each in ("default", "visibility")] == [
        "temporal",
        "temporal_visibility",
    ]
    assert stores["default"]["sql"]["tls"] == {
        "enabled": True,
        "enableHostVerification": True,
        "serverName": "postgres.omnify-data.svc.cluster.local",
        "caFile": "/etc/temporal/trust/authority.crt",
    }
    assert config["global"]["membership"]["broadcastAddress"] == "<POD_IP>"
    assert config["publicClient"] == {"hostPort": "temporal-frontend:7233"}
    assert server_config(dev)["publicClient"] == {"hostPort": "127.0.0.1:7233"}
    assert "tls" not in server_config(dev)["persistence"]["datastores"]["default"]["sql"]


def test_credentials_come_from_the_named_secret_and_are_in_no_configuration(prod: Resources, dev: Resources) -> None:
    assert server_config(prod)["persistence"]["datastores"]["default"]["sql"]["password"] == "<TEMPORAL_STORE_PASSWORD>"
    for made, secret in ((prod, "temporal-postgres"), (dev, "postgres")):
        for pod in pods(made).values():
            found = environment(pod)
            for name in ("TEMPORAL_STORE_PASSWORD", "SQL_PASSWORD"):
                assert found.get(name, (secret, "password")) == (secret, "password")
    schema = next(pod for name, pod in pods(prod).items() if name.startswith("Job/temporal-schema"))
    assert environment(schema)["SQL_TLS_CA_FILE"] == "/etc/temporal/trust/authority.crt"
    assert environment(schema)["SQL_TLS_SERVER_NAME"] == "postgres.omnify-data.svc.cluster.local"


def test_the_bundled_databases_password_is_a_secret_of_the_state_and_nowhere_else() -> None:
    recording = record(document("dev"), "dev")

    holders = [each for each in recording.registrations if KEPT_PASSWORD in str(each.properties.values)]
    encoded = base64.b64encode(KEPT_PASSWORD.encode()).decode()
    (secret,) = [each for each in recording.registrations if encoded in str(each.properties.values)]
    assert holders == []
    assert secret.type == "kubernetes:core/v1:Secret"
    assert "data" in secret.properties.secrets


def test_another_configuration_is_another_object_and_rolls_the_pods(dev: Resources) -> None:
    other = resources("dev", temporal=section("dev", "temporal", logLevel="debug"))

    def mounted(made: Resources) -> str:
        return pods(made)["Deployment/temporal"]["volumes"][0]["configMap"]["name"]

    assert mounted(dev) != mounted(other)
    (config,) = [each for each in dev.of_type(CONFIG_MAP) if each.name == "temporal-server-config"]
    assert (object_name(config), inputs(config)["immutable"]) == (mounted(dev), True)


def test_a_worker_is_told_its_version_its_slots_and_where_everything_is(prod: Resources) -> None:
    pod = pods(prod)["Deployment/workers-0-1-0"]
    told = environment(pod)
    gateway = gateway_of("prod")

    assert (told["WORKFLOWS_DEPLOYMENT"], told["WORKFLOWS_BUILD_ID"]) == ("omnify-workflows", "0.1.0")
    assert told["WORKFLOWS_TEMPORAL_ADDRESS"] == "temporal-frontend:7233"
    assert told["WORKFLOWS_GATEWAY_URL"] == "http://kong-proxy.omnify-gateway.svc.cluster.local:80"
    assert f"{told['WORKFLOWS_KEYCLOAK_URL']}/realms/{told['WORKFLOWS_REALM']}" == gateway.auth.issuer
    assert (told["WORKFLOWS_ACTIVITY_SLOTS"], told["WORKFLOWS_GRACE"]) == ("100", "60")
    assert pod["terminationGracePeriodSeconds"] >= int(told["WORKFLOWS_GRACE"]) + 10


def test_the_workers_secret_is_a_file_that_can_change_while_they_run(made: Resources) -> None:
    (pod,) = [pod for name, pod in pods(made).items() if name.startswith("Deployment/workers")]
    (mount,) = [each for each in container(pod)["volumeMounts"] if each["name"] == "service"]

    assert pod["volumes"][0]["secret"] == {
        "secretName": "omnify-service",
        "items": [{"key": "client-secret", "path": "client-secret"}],
    }
    assert environment(pod)["WORKFLOWS_CLIENT_SECRET_FILE"] == f"{mount['mountPath']}/client-secret"
    assert "subPath" not in mount


def test_versions_run_side_by_side_and_the_last_one_is_what_new_workflows_begin_on() -> None:
    versions: list[JsonValue] = [{"buildId": each, "image": f"omnify-workflows:{each}"} for each in ("1.0.0", "1.1.0")]
    made = resources("dev", workers=section("dev", "workers", versions=versions))
    found = pods(made)

    for build_id in ("1.0.0", "1.1.0"):
        deployment = made.one(DEPLOYMENT, f"workers-{build_id.replace('.', '-')}")
        labels = inputs(deployment)["spec"]["selector"]["matchLabels"]
        assert labels["omnify.io/build-id"] == build_id
        pod = inputs(deployment)["spec"]["template"]["spec"]
        assert container(pod)["image"] == f"omnify-workflows:{build_id}"
        assert environment(pod)["WORKFLOWS_BUILD_ID"] == build_id
    (promotion,) = [pod for name, pod in found.items() if name.startswith("Job/workers-promotion")]
    (drained,) = [pod for name, pod in found.items() if name.startswith("Job/workers-drained")]
    assert "--build-id=1.1.0" in container(promotion)["command"]
    assert {"--keep=1.0.0", "--keep=1.1.0"} <= set(container(drained)["command"])


def test_traces_go_where_the_stack_says() -> None:
    collector = "http://collector.monitoring.svc:4318/v1/traces"
    found = pods(resources("dev", observability={"tracing": {"endpoint": collector}}))

    assert environment(found["Deployment/workers-dev"])["WORKFLOWS_TRACES_ENDPOINT"] == collector
    assert environment(found["Deployment/workflows-api"])["WORKFLOWS_TRACES_ENDPOINT"] == collector


def test_before_the_interface_stands_a_login_for_those_with_the_role(prod: Resources) -> None:
    login = environment(pods(prod)["Deployment/temporal-ui"], 1)
    interface = environment(pods(prod)["Deployment/temporal-ui"], 0)

    assert login["OAUTH2_PROXY_ALLOWED_ROLES"] == "gateway-admin"
    assert login["OAUTH2_PROXY_OIDC_ISSUER_URL"] == gateway_of("prod").auth.issuer
    assert login["OAUTH2_PROXY_REDIRECT_URL"] == "https://kong.omnify.local/workflows/oauth2/callback"
    assert login["OAUTH2_PROXY_CLIENT_SECRET"] == ("temporal-ui-login", "client-secret")
    assert login["OAUTH2_PROXY_COOKIE_SECRET"] == ("temporal-ui-login", "cookie-secret")
    assert login["OAUTH2_PROXY_COOKIE_SECURE"] == "true"
    assert interface["TEMPORAL_UI_PUBLIC_PATH"] == "/workflows"
    ports = inputs(prod.one("kubernetes:core/v1:Service", "temporal-ui"))["spec"]["ports"]
    assert [port["targetPort"] for port in ports] == ["login"]


def test_without_a_login_the_interface_is_at_a_forwarded_port_alone(dev: Resources) -> None:
    assert len(pods(dev)["Deployment/temporal-ui"]["containers"]) == 1
    routes = [each for each in dev.of_type("kong:index/route:Route") if "workflows/" in str(inputs(each)["paths"])]
    assert routes == []


@pytest.mark.parametrize("scrape", ["annotations", "service-monitor"])
def test_prometheus_finds_temporal_and_the_workers(scrape: str) -> None:
    made = resources("dev", observability={"scrape": {"by": scrape}})
    services = {
        name: inputs(made.one("kubernetes:core/v1:Service", name)) for name in ("temporal-metrics", "workers-metrics")
    }
    annotated = ["prometheus.io/scrape" in each["metadata"]["annotations"] for each in services.values()]
    monitors = [each for each in made.registrations if each.type.endswith(":ServiceMonitor")]

    assert annotated == [scrape == "annotations"] * 2
    assert len(monitors) == (0 if scrape == "annotations" else 2)
    for monitor in monitors:
        found_by = inputs(monitor)["spec"]["selector"]["matchLabels"]
        selected = [each for each in services.values() if found_by.items() <= each["metadata"]["labels"].items()]
        assert len(selected) == 1
        assert inputs(monitor)["spec"]["endpoints"][0]["port"] in {
            port["name"] for port in selected[0]["spec"]["ports"]
        }
