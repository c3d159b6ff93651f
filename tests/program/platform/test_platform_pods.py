"""How Kong's pods run, how they come up and end, and who may reach them."""

import pytest
from pydantic import JsonValue

from tests.program.platform.conftest import Deploy
from tests.program.platform.objects import (
    AUTOSCALER,
    BUDGET,
    CONFIG_MAP,
    DEPLOYMENT,
    INGRESS,
    JOB,
    NAMESPACE,
    POLICY,
    SERVICE,
    SERVICE_ACCOUNT,
    kong,
    pods,
    variables,
)
from tests.program.resources import inputs, object_name
from tests.program.stacks import section, stack_settings


async def test_every_container_is_locked_down(deploy: Deploy) -> None:
    recording = await deploy(stack_settings("dev"))
    specs = pods(recording)
    assert len(specs) == 4
    for spec in specs:
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["runAsUser"] > 0
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in spec["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert {"cpu", "memory"} == set(container["resources"]["requests"]) == set(container["resources"]["limits"])


async def test_no_pod_has_a_service_account_token_or_service_links(deploy: Deploy) -> None:
    """Kong would take the variables of service links (KONG_ADMIN_PORT and so on) for its own configuration."""
    recording = await deploy(stack_settings("dev"))
    assert all(inputs(each)["automountServiceAccountToken"] is False for each in recording.of_type(SERVICE_ACCOUNT))
    for spec in pods(recording):
        assert spec["automountServiceAccountToken"] is False
        assert spec["enableServiceLinks"] is False
        assert spec["serviceAccountName"] in {"kong", "postgres"}


async def test_everything_that_kong_writes_is_a_volume(deploy: Deploy) -> None:
    recording = await deploy(stack_settings("dev"))
    mounted = {mount["mountPath"] for mount in kong(recording)["volumeMounts"]}
    assert mounted == {"/tmp", variables(kong(recording))["KONG_PREFIX"]}


@pytest.mark.parametrize("mode", ["database", "dbless"])
async def test_a_pod_waits_for_its_configuration_once_and_for_its_database_never_again(
    mode: str, deploy: Deploy
) -> None:
    """`/status/ready` fails without the database, and Kong goes on without it (Kong: kong/status/ready.lua)."""
    container = kong(await deploy(stack_settings("dev", mode=mode)))
    asked = {probe: container[f"{probe}Probe"]["httpGet"] for probe in ("startup", "readiness", "liveness")}
    assert asked == {
        "startup": {"path": "/status/ready", "port": "metrics"},
        "readiness": {"path": "/status", "port": "metrics"},
        "liveness": {"path": "/status", "port": "metrics"},
    }
    assert {"name": "metrics", "containerPort": 8100} in container["ports"]


async def test_a_database_that_answers_nothing_restarts_no_pod(deploy: Deploy) -> None:
    """Kong waits five seconds to connect and five for an answer before `/status` says that it is not there."""
    container = kong(await deploy(stack_settings("dev")))
    for probe in ("startup", "readiness", "liveness"):
        assert container[f"{probe}Probe"]["timeoutSeconds"] > 2 * 5
    assert "KONG_PG_TIMEOUT" not in variables(container)


async def test_a_pod_drains_then_ends_within_its_grace_period(deploy: Deploy) -> None:
    platform = section("dev", "platform", drainSeconds=20, gracePeriodSeconds=50)
    recording = await deploy(stack_settings("dev", platform=platform))
    command = kong(recording)["lifecycle"]["preStop"]["exec"]["command"]
    assert command == ["kong", "quit", "--wait=20", "--timeout=25"]
    spec = inputs(recording.one(DEPLOYMENT))["spec"]
    assert spec["template"]["spec"]["terminationGracePeriodSeconds"] == 50


async def test_a_rollout_never_has_fewer_pods(deploy: Deploy) -> None:
    strategy = inputs((await deploy(stack_settings("prod"))).one(DEPLOYMENT))["spec"]["strategy"]
    assert strategy == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}


async def test_pods_spread_over_zones_and_nodes_where_they_can(deploy: Deploy) -> None:
    recording = await deploy(stack_settings("prod"))
    spec = inputs(recording.one(DEPLOYMENT))["spec"]
    spread = spec["template"]["spec"]["topologySpreadConstraints"]
    assert [each["topologyKey"] for each in spread] == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]
    assert all(each["whenUnsatisfiable"] == "ScheduleAnyway" for each in spread)
    assert all(each["labelSelector"] == spec["selector"] for each in spread)


async def test_the_autoscaler_owns_the_number_of_pods(deploy: Deploy) -> None:
    recording = await deploy(stack_settings("prod"))
    deployment = recording.one(DEPLOYMENT)
    assert "replicas" not in inputs(deployment)["spec"]
    assert deployment.ignore_changes == ("spec.replicas",)
    scaler = inputs(recording.one(AUTOSCALER))["spec"]
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (3, 10)
    assert scaler["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "kong"}


async def test_the_autoscaler_adds_fast_and_takes_away_slowly(deploy: Deploy) -> None:
    spec = inputs((await deploy(stack_settings("prod"))).one(AUTOSCALER))["spec"]
    up, down = spec["behavior"]["scaleUp"], spec["behavior"]["scaleDown"]
    assert [metric["resource"]["name"] for metric in spec["metrics"]] == ["cpu"]
    assert (up["stabilizationWindowSeconds"], down["stabilizationWindowSeconds"]) == (0, 300)
    assert [policy["value"] for policy in up["policies"]] == [100, 1]
    assert [policy["value"] for policy in down["policies"]] == [20, 1]


async def test_memory_may_count_as_well_or_alone(deploy: Deploy) -> None:
    autoscaling = {"minReplicas": 3, "maxReplicas": 9, "cpuPercent": None, "memoryPercent": 80}
    platform = section("prod", "platform", autoscaling=autoscaling)  # pyright: ignore[reportArgumentType] (JSON)
    spec = inputs((await deploy(stack_settings("prod", platform=platform))).one(AUTOSCALER))["spec"]
    assert [
        (each["resource"]["name"], each["resource"]["target"]["averageUtilization"]) for each in spec["metrics"]
    ] == [("memory", 80)]


async def test_pods_run_where_the_stack_says(deploy: Deploy) -> None:
    scheduling: JsonValue = {
        "priorityClass": "edge",
        "nodeSelector": {"pool": "edge"},
        "tolerations": [{"key": "dedicated", "value": "edge", "effect": "NoSchedule"}, {"key": "any"}],
        "spread": "required",
    }
    platform = section("dev", "platform", scheduling=scheduling, podAnnotations={"mesh": "off"})
    recording = await deploy(stack_settings("dev", platform=platform))
    template = inputs(recording.one(DEPLOYMENT))["spec"]["template"]
    spec = template["spec"]
    assert (spec["priorityClassName"], spec["nodeSelector"]) == ("edge", {"pool": "edge"})
    assert spec["tolerations"] == [
        {"key": "dedicated", "operator": "Equal", "value": "edge", "effect": "NoSchedule"},
        {"key": "any", "operator": "Exists"},
    ]
    assert {each["whenUnsatisfiable"] for each in spec["topologySpreadConstraints"]} == {"DoNotSchedule"}
    assert template["metadata"]["annotations"] == {"mesh": "off"}
    for job in recording.of_type(JOB):
        beside = inputs(job)["spec"]["template"]["spec"]
        assert (beside["nodeSelector"], beside["tolerations"]) == (spec["nodeSelector"], spec["tolerations"])
        assert "priorityClassName" not in beside


async def test_without_an_autoscaler_the_stack_file_owns_it(deploy: Deploy) -> None:
    deployment = (await deploy(stack_settings("prod", platform={"replicas": 4}))).one(DEPLOYMENT)
    assert inputs(deployment)["spec"]["replicas"] == 4
    assert deployment.ignore_changes == ()


async def test_of_several_pods_one_may_go_at_a_time_unless_the_stack_says_otherwise(deploy: Deploy) -> None:
    budget = inputs((await deploy(stack_settings("prod"))).one(BUDGET))["spec"]
    assert (budget["maxUnavailable"], "minAvailable" in budget) == (1, False)
    platform = section("prod", "platform", disruptionBudget={"minAvailable": 2})
    budget = inputs((await deploy(stack_settings("prod", platform=platform))).one(BUDGET))["spec"]
    assert (budget["minAvailable"], "maxUnavailable" in budget) == (2, False)
    none = section("prod", "platform", disruptionBudget=None)
    for settings in (stack_settings("prod", platform=none), stack_settings("dev")):
        assert (await deploy(settings)).of_type(BUDGET) == []


async def test_a_disruption_budget_lets_broken_pods_go(deploy: Deploy) -> None:
    budget = inputs((await deploy(stack_settings("prod"))).one(BUDGET))["spec"]
    assert budget["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


async def test_services_budgets_and_policies_select_kongs_pods_and_no_others(deploy: Deploy) -> None:
    recording = await deploy(stack_settings("prod"))
    deployment = inputs(recording.one(DEPLOYMENT))["spec"]
    selector = deployment["selector"]["matchLabels"]
    assert selector.items() <= deployment["template"]["metadata"]["labels"].items()
    assert {tuple(inputs(each)["spec"]["selector"].items()) for each in recording.of_type(SERVICE)} == {
        tuple(selector.items())
    }
    assert inputs(recording.one(POLICY, "kong"))["spec"]["podSelector"]["matchLabels"] == selector
    for job in recording.of_type(JOB):
        assert not selector.items() <= inputs(job)["spec"]["template"]["metadata"]["labels"].items()


async def test_each_listener_has_a_service(deploy: Deploy) -> None:
    recording = await deploy(stack_settings("prod"))
    ports = {port["name"]: port["containerPort"] for port in kong(recording)["ports"]}
    found = {
        object_name(each): (port["port"], ports[port["targetPort"]])
        for each in recording.of_type(SERVICE)
        for port in inputs(each)["spec"]["ports"]
    }
    assert found == {
        "kong-proxy": (80, 8000),
        "kong-admin": (8001, 8001),
        "kong-manager": (8002, 8002),
        "kong-metrics": (8100, 8100),
    }


async def test_policies_name_their_peers_as_kubernetes_does(deploy: Deploy) -> None:
    administrators: JsonValue = [{"namespace": "ops", "pods": {"app": "console"}}, {"cidr": "10.0.0.0/8"}]
    admin: JsonValue = {"access": "in-cluster", "certificateSecret": "kong-admin-tls"}
    recording = await deploy(stack_settings("dev", admin=admin, network={"adminFrom": administrators}))
    by_name = {object_name(each): inputs(each)["spec"] for each in recording.of_type(POLICY)}

    assert by_name["default-deny"] == {
        "podSelector": {},
        "policyTypes": ["Ingress", "Egress"],
    }
    admin = by_name["kong"]["ingress"][-1]
    assert admin == {
        "from": [
            {
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ops"}},
                "podSelector": {"matchLabels": {"app": "console"}},
            },
            {"ipBlock": {"cidr": "10.0.0.0/8"}},
        ],
        "ports": [{"port": 8444, "protocol": "TCP"}],
    }
    (clients,) = by_name["postgres"]["ingress"]
    assert all(peer.keys() == {"podSelector"} for peer in clients["from"])
    names = by_name["kong"]["egress"][0]
    assert names == {"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]}


async def test_a_stack_may_go_without_policies(deploy: Deploy) -> None:
    recording = await deploy(stack_settings("dev", network={"enforced": False}))
    assert recording.of_type(POLICY) == []


async def test_what_denies_everything_else_comes_after_what_is_allowed(deploy: Deploy) -> None:
    recording = await deploy(stack_settings("dev"))
    deny = recording.one(POLICY, "default-deny")
    others = [each for each in recording.of_type(POLICY) if each is not deny]
    assert len(others) == 3
    assert all(recording.waits_for(deny, each) for each in others)


@pytest.mark.parametrize(("stack", "tls"), [("dev", None), ("prod", "kong-tls")])
async def test_people_reach_gateway_and_manager_by_their_hosts(stack: str, tls: str | None, deploy: Deploy) -> None:
    recording = await deploy(stack_settings(stack))
    for name, host, service, port in (
        ("kong", "kong.omnify.local", "kong-proxy", "proxy"),
        ("kong-manager", "kong-admin.omnify.local", "kong-manager", "manager"),
    ):
        spec = inputs(recording.one(INGRESS, name))["spec"]
        (rule,) = spec["rules"]
        (path,) = rule["http"]["paths"]
        assert (rule["host"], path["path"], path["pathType"]) == (host, "/", "Prefix")
        assert path["backend"]["service"] == {"name": service, "port": {"name": port}}
        assert spec.get("tls") == ([{"hosts": [host], "secretName": tls}] if tls else None)


async def test_an_ingress_without_a_controller_holds_nothing_up(deploy: Deploy) -> None:
    ingress = section("prod", "ingress", annotations={"nginx.ingress.kubernetes.io/proxy-body-size": "0"})
    recording = await deploy(stack_settings("prod", ingress=ingress))
    for each in recording.of_type(INGRESS):
        assert (
            inputs(each)["metadata"]["annotations"].items()
            >= {
                "pulumi.com/skipAwait": "true",
                "nginx.ingress.kubernetes.io/proxy-body-size": "0",
            }.items()
        )


async def test_the_namespace_admits_hardened_pods_alone(deploy: Deploy) -> None:
    labels = inputs((await deploy(stack_settings("dev"))).one(NAMESPACE))["metadata"]["labels"]
    for mode in ("enforce", "warn", "audit"):
        assert labels[f"pod-security.kubernetes.io/{mode}"] == "restricted"


async def test_another_kong_yml_is_another_config_map_and_so_rolls_the_pods(deploy: Deploy) -> None:
    settings = stack_settings("prod", mode="dbless")
    names: list[str] = []
    for text in ("_format_version: '3.0'\n", "_format_version: '3.0'\nservices: []\n"):
        recording = await deploy(settings, declarative=text)
        config_map = recording.one(CONFIG_MAP)
        assert inputs(config_map)["data"] == {"kong.yml": text}
        assert inputs(config_map)["immutable"] is True
        spec = inputs(recording.one(DEPLOYMENT))["spec"]["template"]["spec"]
        (volume,) = [each for each in spec["volumes"] if "configMap" in each]
        assert volume["configMap"] == {"name": object_name(config_map)}
        (mount,) = [each for each in kong(recording)["volumeMounts"] if each["name"] == volume["name"]]
        assert variables(kong(recording))["KONG_DECLARATIVE_CONFIG"] == f"{mount['mountPath']}/kong.yml"
        names.append(object_name(config_map))
    assert len(set(names)) == 2


async def test_a_kong_yml_that_no_config_map_can_carry_is_refused(deploy: Deploy) -> None:
    with pytest.raises(ValueError, match=r"kong\.yml has 1048577 bytes and a ConfigMap carries at most 1048576; write"):
        await deploy(stack_settings("prod", mode="dbless"), declarative="#" * (2**20 + 1))
