"""Kong's configuration, as its pods get it in their environment."""

from typing import Any

import pytest
from pydantic import JsonValue

from components.platform.environment import Environment
from components.platform.kong_conf import gateway_environment, largest_body, migrations_environment
from config.counters import SecretKey
from config.problems import InvalidSettingsError
from entities.vault import environment_variable, reference
from tests.program.stacks import section, stack_settings


def test_pods_get_the_secrets_that_kongs_references_stand_for() -> None:
    vault: JsonValue = {"logs-token": {"name": "kong-logs", "key": "token"}}

    found = secrets("prod", vault=vault)

    assert found["LOGS_TOKEN"] == SecretKey(name="kong-logs", key="token")
    assert found["REDIS_PASSWORD"] == SecretKey(name="kong-redis", key="password")


def values(stack: str, **sections: JsonValue) -> dict[str, str]:
    return dict(gateway_environment(stack_settings(stack, **sections)).values)


def secrets(stack: str, **sections: JsonValue) -> dict[str, SecretKey]:
    return dict(gateway_environment(stack_settings(stack, **sections)).secrets)


def test_database_mode_names_the_bundled_database() -> None:
    found = values("dev")
    assert found["KONG_DATABASE"] == "postgres"
    assert (found["KONG_PG_HOST"], found["KONG_PG_PORT"], found["KONG_PG_DATABASE"]) == ("postgres", "5432", "kong")


def test_database_mode_names_an_external_database() -> None:
    found = values("prod", database=section("prod", "database", port=6432, name="gateway"))
    assert found["KONG_PG_HOST"] == "postgres.omnify-data.svc.cluster.local"
    assert (found["KONG_PG_PORT"], found["KONG_PG_DATABASE"]) == ("6432", "gateway")


@pytest.mark.parametrize(
    ("tls", "encrypted", "verified"), [("verify", "on", "on"), ("require", "on", "off"), ("off", "off", "off")]
)
def test_tls_to_the_database(tls: str, encrypted: str, verified: str) -> None:
    found = values("prod", purpose="development", database=section("prod", "database", tls=tls))
    assert (found["KONG_PG_SSL"], found["KONG_PG_SSL_REQUIRED"]) == (encrypted, encrypted)
    assert found["KONG_PG_SSL_VERIFY"] == verified


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_dbless_mode_knows_a_file_and_no_database(stack: str) -> None:
    found = gateway_environment(stack_settings(stack, mode="dbless"))
    assert found.values["KONG_DATABASE"] == "off"
    assert found.values["KONG_DECLARATIVE_CONFIG"] == "/etc/kong/kong.yml"
    assert not any(name.startswith("KONG_PG_") for name in (*found.values, *found.secrets))


def test_credentials_come_from_secrets_alone() -> None:
    assert secrets("prod") == {
        "KONG_PG_USER": SecretKey(name="kong-postgres", key="username"),
        "KONG_PG_PASSWORD": SecretKey(name="kong-postgres", key="password"),
        "REDIS_PASSWORD": SecretKey(name="kong-redis", key="password"),
    }


def test_counters_without_a_password_need_no_secret() -> None:
    counters: JsonValue = {"policy": "redis", "host": "redis"}
    assert "REDIS_PASSWORD" not in secrets("prod", counters=counters)


def test_bundled_counters_have_their_password_from_their_own_secret() -> None:
    counters: JsonValue = {"policy": "redis", "kind": "bundled"}
    assert secrets("dev", counters=counters)["REDIS_PASSWORD"] == SecretKey(name="redis", key="password")


TRUSTED: JsonValue = {"authorities": [{"configMap": "data-ca"}, {"secret": "logs-ca", "key": "tls.crt"}]}


def test_named_authorities_take_the_place_of_the_public_ones() -> None:
    for environment in (gateway_environment, migrations_environment):
        found = environment(stack_settings("dev", trust=TRUSTED)).values
        assert found["KONG_LUA_SSL_TRUSTED_CERTIFICATE"] == "/etc/kong-trust/0.crt,/etc/kong-trust/1.crt"
        assert "KONG_LUA_SSL_TRUSTED_CERTIFICATE" not in environment(stack_settings("dev")).values


def test_the_public_authorities_count_beside_them_where_the_stack_says_so() -> None:
    found = values("dev", trust={"authorities": [{"configMap": "data-ca"}], "publicToo": True})
    assert found["KONG_LUA_SSL_TRUSTED_CERTIFICATE"] == "/etc/kong-trust/0.crt,system"


def test_the_community_plugin_is_loaded() -> None:
    auth: JsonValue = {"kind": "oidc", "issuer": "https://auth.example/realms/r"}
    tiers: JsonValue = [{"name": "free"}, {"name": "pro"}, {"name": "enterprise"}]
    settings = stack_settings("dev", auth=auth, tiers=tiers)
    found = gateway_environment(settings)
    assert found.values["KONG_PLUGINS"] == migrations_environment(settings).values["KONG_PLUGINS"] == "bundled,oidc"


def test_plugins_of_the_image_are_loaded_and_kongs_commands_find_their_lua() -> None:
    properties: JsonValue = {"lua_package_path": "/opt/?.lua;;", "nginx_http_keepalive_timeout": "30s"}
    platform = section("dev", "platform", customPlugins=["greeter", "meter"], properties=properties)
    settings = stack_settings("dev", platform=platform)
    pods, commands = gateway_environment(settings).values, migrations_environment(settings).values
    for found in (pods, commands):
        assert found["KONG_PLUGINS"] == "bundled,greeter,meter"
        assert found["KONG_LUA_PACKAGE_PATH"] == "/opt/?.lua;;"
    assert pods.keys() - commands.keys() > {"KONG_NGINX_HTTP_KEEPALIVE_TIMEOUT"}


def test_otherwise_the_bundled_plugins_are_loaded() -> None:
    assert values("dev")["KONG_PLUGINS"] == "bundled"


def test_a_reference_names_the_variable_that_kong_reads() -> None:
    """Kong: kong/vaults/env/init.lua turns dashes into underscores and letters into capitals."""
    assert reference("redis-password") == "{vault://env/redis-password}"
    assert environment_variable("redis-password") == "REDIS_PASSWORD"


@pytest.mark.parametrize(("cpu", "workers"), [("500m", "1"), ("1", "1"), ("1500m", "1"), ("2", "2"), ("3.5", "3")])
def test_nginx_has_a_worker_for_each_whole_core_it_may_use(cpu: str, workers: str) -> None:
    resources: JsonValue = {
        "requests": {"cpu": "250m", "memory": "512Mi"},
        "limits": {"cpu": cpu, "memory": "1Gi"},
    }
    assert values("dev", platform={"resources": resources})["KONG_NGINX_WORKER_PROCESSES"] == workers


def test_nginx_takes_the_largest_body_that_any_request_may_have() -> None:
    apis: Any = [
        {
            "name": "omnify-api",
            "routes": [
                {
                    "name": "upload",
                    "paths": ["/up/"],
                    "methods": ["POST"],
                    "access": {"groups": ["free"]},
                    "maxBody": 50,
                }
            ],
        }
    ]
    assert values("dev")["KONG_NGINX_HTTP_CLIENT_MAX_BODY_SIZE"] == str(10 * 2**20)
    assert values("dev", apis=apis)["KONG_NGINX_HTTP_CLIENT_MAX_BODY_SIZE"] == str(50 * 2**20)


@pytest.mark.parametrize(
    ("config", "size"),
    [
        ({"allowed_payload_size": 64}, 64 * 2**20),
        ({}, 128 * 2**20),
        ({"allowed_payload_size": 20_000, "size_unit": "kilobytes"}, 20_000 * 2**10),
        ({"allowed_payload_size": 1, "size_unit": "bytes"}, 10 * 2**20),
    ],
)
def test_a_plugin_of_the_stack_may_allow_a_larger_body(config: dict[str, JsonValue], size: int) -> None:
    assert largest_body(stack_settings("dev", plugins=[{"name": "request-size-limiting", "config": config}])) == size


def test_kong_manager_knows_its_own_address_and_the_admin_apis() -> None:
    found = values("prod", ingress=section("prod", "ingress", managerAdminUrl="https://admin.example"))
    assert found["KONG_ADMIN_GUI_URL"] == "https://kong-admin.omnify.local"
    assert found["KONG_ADMIN_GUI_API_URL"] == "https://admin.example"


def test_the_admin_api_and_kong_manager_listen_inside_the_pod_alone() -> None:
    found = values("dev", ingress=section("dev", "ingress", managerAuth=None))
    assert found["KONG_ADMIN_LISTEN"].startswith("127.0.0.1:8001 ")
    assert found["KONG_ADMIN_GUI_LISTEN"].startswith("127.0.0.1:8002 ")
    assert found["KONG_ADMIN_GUI_URL"] == "http://localhost:8002"
    assert not any(name.startswith("KONG_NGINX_ADMIN") for name in found)


def test_kong_manager_listens_to_the_cluster_where_the_ingress_controller_asks_who_comes() -> None:
    found = values("dev")
    assert found["KONG_ADMIN_GUI_LISTEN"].startswith("0.0.0.0:8002 ")
    assert found["KONG_ADMIN_LISTEN"].startswith("127.0.0.1:8001 ")


def test_peers_of_the_admin_api_show_a_certificate() -> None:
    """Kong: kong/templates/nginx_kong.lua puts nginx_admin_* into the server of the Admin API."""
    admin: JsonValue = {"access": "in-cluster", "certificateSecret": "kong-admin-tls"}
    found = values("dev", admin=admin, network={"adminFrom": [{"namespace": "ci"}]})
    inside, peers = found["KONG_ADMIN_LISTEN"].split(", ")
    assert inside.startswith("127.0.0.1:8001 ")
    assert peers.startswith("0.0.0.0:8444 ssl ")
    assert found["KONG_NGINX_ADMIN_SSL_VERIFY_CLIENT"] == "on"
    assert found["KONG_NGINX_ADMIN_SSL_CLIENT_CERTIFICATE"] == "/etc/kong-admin/ca.crt"
    assert (found["KONG_ADMIN_SSL_CERT"], found["KONG_ADMIN_SSL_CERT_KEY"]) == (
        "/etc/kong-admin/tls.crt",
        "/etc/kong-admin/tls.key",
    )


def test_behind_the_loopback_kong_manager_finds_the_admin_api_on_its_own_host() -> None:
    admin: JsonValue = {
        "access": "loopback",
        "allowed": ["203.0.113.0/24"],
        "programs": {"pulumi": {"name": "keys"}},
        "people": {"alice": {"name": "people"}},
    }
    found = values(
        "prod",
        admin=admin,
        ingress=section("prod", "ingress", managerAuth=None),
        network={"trustedProxies": ["10.0.0.0/8"]},
    )
    assert found["KONG_ADMIN_GUI_URL"] == "https://kong-admin.omnify.local"
    assert found["KONG_ADMIN_GUI_API_URL"] == "https://kong-admin.omnify.local/admin-api"
    assert found["KONG_ADMIN_LISTEN"].startswith("127.0.0.1:8001 ")
    assert found["KONG_ADMIN_GUI_LISTEN"].startswith("127.0.0.1:8002 ")


def test_standard_output_is_for_json_lines_alone() -> None:
    logs = {name: value for name, value in values("prod").items() if name.endswith(("_ACCESS_LOG", "_ERROR_LOG"))}
    assert len(logs) == 8
    assert set(logs.values()) == {"off", "/dev/stderr"}
    assert logs["KONG_PROXY_ACCESS_LOG"] == "off"


def test_the_log_level_is_the_stacks() -> None:
    assert values("dev", platform={"logLevel": "warn"})["KONG_LOG_LEVEL"] == "warn"


def test_nothing_is_reported_to_kong() -> None:
    assert values("dev")["KONG_ANONYMOUS_REPORTS"] == "off"


def test_an_environment_is_always_the_same_list() -> None:
    one = Environment({"B": "2", "A": "1"}, {"C": SecretKey(name="s", key="k")})
    other = Environment({"A": "1"}, {"C": SecretKey(name="s", key="k")}) | Environment({"B": "2"})
    assert [each.name for each in one.variables()] == [each.name for each in other.variables()] == ["A", "B", "C"]
    assert one == other


def test_the_later_environment_wins() -> None:
    assert (Environment({"A": "1"}) | Environment({"A": "2"})).values == {"A": "2"}


def test_the_client_is_who_connects_unless_proxies_are_trusted() -> None:
    assert not {"KONG_TRUSTED_IPS", "KONG_REAL_IP_HEADER"} & values("dev").keys()
    found = values("dev", network={"trustedProxies": ["10.0.0.0/8", "fd00::/8"]})
    assert found["KONG_TRUSTED_IPS"] == "10.0.0.0/8,fd00::/8"
    assert (found["KONG_REAL_IP_HEADER"], found["KONG_REAL_IP_RECURSIVE"]) == ("X-Forwarded-For", "on")


def test_further_properties_reach_kong() -> None:
    platform = section("dev", "platform", properties={"upstream_keepalive_pool_size": "1024"})
    assert values("dev", platform=platform)["KONG_UPSTREAM_KEEPALIVE_POOL_SIZE"] == "1024"


@pytest.mark.parametrize(("stack", "mode"), [("dev", "database"), ("prod", "database"), ("dev", "dbless")])
def test_what_the_settings_decide_no_property_can_say(stack: str, mode: str) -> None:
    trusting: JsonValue = {"trustedProxies": ["10.0.0.0/8"]}
    environment = gateway_environment(stack_settings(stack, mode=mode, network=trusting, trust=TRUSTED))
    decided = [name.removeprefix("KONG_").lower() for name in (*environment.values, *environment.secrets)]
    for name in decided:
        if name == "redis_password":
            continue
        with pytest.raises(InvalidSettingsError, match=f"platform.properties.{name}: is decided by"):
            stack_settings(stack, platform=section(stack, "platform", properties={name: "x"}))


def test_traces_are_sampled_and_made_where_the_stack_says() -> None:
    tracing: JsonValue = {"endpoint": "http://collector:4318/v1/traces", "instrumentations": ["all"], "samplingRate": 1}
    found = values("dev", observability={"tracing": tracing})
    assert (found["KONG_TRACING_INSTRUMENTATIONS"], found["KONG_TRACING_SAMPLING_RATE"]) == ("all", "1.0")
    assert not any("TRACING" in name for name in values("dev"))
