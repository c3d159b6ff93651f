"""The example's program under mocks: what it registers on a gateway of which it knows nothing but the outputs."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_kong
import pytest

from components.outputs import GatewayOutputs
from components.tracked.entities import KongEntities
from config.stack import StackSettings
from entities.desired import desired_state
from entities.model import Scope, plugin
from entities.schema import kong_schema
from entities.state import DesiredState, Owner
from entities.validation import validated
from gateway.recording import recorded
from provider.check import Gateway, check
from provider.resources import type_of_kind
from tests.consumer.gateways import OWNER, outputs
from tests.consumer.program import EXAMPLE, consumer, inputs_by_name
from tests.program.stacks import authenticated_by, section, stack_document

PLUGIN = "kong:index/plugin:Plugin"
ROUTE = "kong:index/route:Route"
TAGS = ["managed-by:pulumi", "project:reports", "stack:dev"]


def own(document: dict[str, Any]) -> tuple[GatewayOutputs, DesiredState]:
    """A gateway's outputs and its own entities."""
    settings: StackSettings = validated(document)
    return outputs(settings), desired_state(settings, OWNER)


def configs(plugins: Mapping[str, dict[str, Any]], scope: str) -> dict[str, Any]:
    """The configurations of plugins on a scope, by the plugins' names."""
    keys = {key: plugin for key, plugin in plugins.items() if key.rpartition("/")[0] == scope}
    return {plugin["name"]: json.loads(plugin["configJson"]) for plugin in keys.values()}


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
async def test_every_entity_is_tagged_as_its_own_and_passes_kongs_schemas(preview: bool) -> None:
    recording = await consumer(outputs(), preview=preview)

    entities = [each for each in recording.registrations if each.type.startswith("kong:")]
    assert {each.type.rpartition(":")[2] for each in entities} == {"Service", "Route", "Plugin"}
    for each in entities:
        assert each.properties.values["tags"] == TAGS, each.urn
        kind = next(kind for kind in ("services", "routes", "plugins") if type_of_kind(kind).token == each.type)
        assert check(Gateway(kong_schema()), type_of_kind(kind), each.properties).failures == (), each.urn


@pytest.mark.parametrize(
    "sections",
    [
        {},
        {"auth": section("dev", "auth", rotation="seamless")},
        {"cors": None},
        authenticated_by("openid-connect", "dev"),
    ],
    ids=["simple", "seamless", "without preflights", "openid-connect"],
)
async def test_its_routes_are_guarded_by_the_very_plugins_of_the_gateways_own(sections: dict[str, Any]) -> None:
    gateway, state = own(stack_document("dev", **sections))

    plugins = inputs_by_name(await consumer(gateway), PLUGIN)

    ours = {each.name: each.config for each in state.plugins if str(each.scope) == "route/omnify-eyes"}
    del ours["acl"]
    theirs = configs(plugins, "route/reports-read")
    acl = theirs.pop("acl")
    assert theirs == ours
    assert (acl["allow"], acl["hide_groups_header"]) == (["enterprise", "free", "pro"], True)


@pytest.mark.parametrize("rotation", ["simple", "seamless"])
async def test_a_public_route_has_the_gate_for_itself_and_no_other(rotation: str) -> None:
    gateway, state = own(stack_document("dev", auth=section("dev", "auth", rotation=rotation)))

    found = configs(inputs_by_name(await consumer(gateway), PLUGIN), "route/reports-status")

    every_request = {each.name for each in state.plugins if not each.references()}
    assert found.keys() == every_request & {"pre-function", "post-function"}
    for config in found.values():
        assert 'local public = { ["reports-status"] = true }' in "".join(config["access"])
        assert "omnify-health" not in "".join(config["access"])


async def test_a_gateway_that_lets_unguarded_routes_pass_gets_the_gate_too() -> None:
    """It may change its mind, and the headers that name a caller are nobody's in any case."""
    gateway, _ = own(stack_document("dev", auth=section("dev", "auth", unguardedRoutes="pass")))

    assert configs(inputs_by_name(await consumer(gateway), PLUGIN), "route/reports-status").keys() == {"pre-function"}


async def test_a_gateway_that_knows_nobody_has_neither() -> None:
    gateway = outputs().model_copy(update={"auth": outputs().auth.model_copy(update={"kind": "none"}), "tiers": ()})

    with pytest.raises(pulumi.RunError, match=r"no tier has the group 'free'"):
        await consumer(gateway)


async def test_a_tiers_limit_holds_on_its_own_service_and_counts_as_the_gateway_does() -> None:
    document = stack_document("prod")
    gateway, state = own(document)

    plugins = inputs_by_name(await consumer(gateway), PLUGIN)

    limit = plugins["service/reports/consumer/free/rate-limiting"]
    assert limit["consumerId"] == OWNER.id("consumers", "free")
    assert limit["serviceId"] == Owner("reports", "dev").id("services", "reports")
    config = json.loads(limit["configJson"])
    (ours,) = [each.config for each in state.plugins if each.key == "consumer/free/rate-limiting"]
    assert (config["minute"], config["hour"], config["day"]) == (5, 60, 300)
    assert config | dict.fromkeys(("minute", "hour", "day")) == ours | dict.fromkeys(("minute", "hour", "day"))
    assert config["redis"]["host"] == "redis.omnify-data.svc.cluster.local"
    assert config["redis"]["password"] == "{vault://env/redis-password}"


async def test_a_tier_that_shares_its_limit_shares_it_here() -> None:
    gateway, _ = own(
        stack_document("dev", tiers=[{"name": "free", "fairness": "tier"}, {"name": "pro"}, {"name": "enterprise"}])
    )

    limit = inputs_by_name(await consumer(gateway), PLUGIN)["service/reports/consumer/free/rate-limiting"]

    assert json.loads(limit["configJson"])["limit_by"] == "consumer"


async def test_what_goes_with_its_own_service_or_route_goes_with_it_and_never_with_the_gateways() -> None:
    recording = await consumer(outputs())

    names = {each.urn: each.name for each in recording.registrations}
    holders = {each.name: names.get(each.deleted_with) for each in recording.registrations if each.type == PLUGIN}
    assert holders["service/reports/consumer/free/rate-limiting"] == "reports"
    assert holders["route/reports-read/jwt"] == "reports-read"


async def test_preflights_are_taken_where_the_gateway_answers_them() -> None:
    with_cors = inputs_by_name(await consumer(outputs()), ROUTE)
    without = inputs_by_name(await consumer(outputs(cors=None)), ROUTE)

    assert with_cors["reports-write"]["methods"] == ["POST", "OPTIONS"]
    assert without["reports-write"]["methods"] == ["POST"]


async def test_the_provider_and_the_cluster_are_those_of_the_gateway_and_known_in_a_preview() -> None:
    recording = await consumer(outputs(), preview=True)

    (kong,) = inputs_by_name(recording, "pulumi:providers:kong").values()
    (cluster,) = inputs_by_name(recording, "pulumi:providers:kubernetes").values()
    assert kong["kongAdminUri"] == "kubernetes://kind-omnify/omnify-gateway/kong-admin:8001"
    assert cluster["context"] == "kind-omnify"
    assert recording.outputs["urls"]["reports-status"] == ["http://kong.omnify.local/api/reports/status"]


async def test_its_pods_let_in_the_gateways_and_nobody_else() -> None:
    recording = await consumer(outputs())

    (policy,) = inputs_by_name(recording, "kubernetes:networking.k8s.io/v1:NetworkPolicy").values()
    assert policy["spec"]["ingress"] == [
        {
            "from": [
                {
                    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "omnify-gateway"}},
                    "podSelector": {
                        "matchLabels": {"app.kubernetes.io/name": "kong", "app.kubernetes.io/component": "gateway"}
                    },
                }
            ],
            "ports": [{"port": "http"}],
        }
    ]
    assert policy["spec"]["policyTypes"] == ["Ingress", "Egress"]


async def test_the_readmes_program_runs_as_it_stands() -> None:
    readme = (EXAMPLE.parents[1] / "README.md").read_text()
    (code,) = [each for each in re.findall(r"```python\n(.*?)```", readme, re.DOTALL) if "GatewayApis" in each]
    others = {"org/omnify-gateway/prod": {"gateway": dict(outputs().document())}}

    recording = await recorded(lambda: exec(code, {}), "dev", project="reports", others=others)

    assert "reports-read" in inputs_by_name(recording, ROUTE)


async def test_a_plugin_on_the_gateways_own_entity_alone_goes_with_nothing_of_this_stack() -> None:
    owner, free = Owner("reports", "dev"), OWNER.id("consumers", "free")
    blocked = plugin("request-termination", Scope(consumer="free"), {"status_code": 503})
    state = DesiredState(owner, (), (), (), (), (), (blocked,), others={("consumers", "free"): free})

    def program() -> None:
        provider = pulumi_kong.Provider("kong", kong_admin_uri="http://127.0.0.1:8001")
        KongEntities("reports", state=state, provider=provider, ready=())

    recording = await recorded(program, "dev", project="reports")

    (made,) = [each for each in recording.registrations if each.type == PLUGIN]
    assert (made.properties.values["consumerId"], made.deleted_with) == (free, "")
    assert state.document(blocked)["consumer"] == {"id": free}
