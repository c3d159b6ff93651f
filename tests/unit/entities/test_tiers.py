"""The tiers as consumers, groups, credentials and limits."""

import pytest

from tests.unit.config.documents import put
from tests.unit.entities.states import authenticated_by, configurations, desired, documents, settings

TIERS = ("free", "pro", "enterprise")
LOCAL = put("counters", {"policy": "local"})


def limits(*edits: object) -> dict[str, tuple[int, int, int]]:
    found = configurations(desired(*edits))  # pyright: ignore[reportArgumentType] (edits)
    return {
        key.split("/")[1]: (config["minute"], config["hour"], config["day"])
        for key, config in found.items()
        if key.endswith("/rate-limiting")
    }


def test_each_tier_is_a_consumer_in_its_group() -> None:
    state = desired()
    consumers, acls = documents(state, "consumers"), documents(state, "acls")

    assert {key: (found["username"], found["custom_id"]) for key, found in consumers.items()} == {
        "free": ("free-tier", "free"),
        "pro": ("pro-tier", "pro"),
        "enterprise": ("enterprise-tier", "enterprise"),
    }
    assert {key: (found["group"], found["consumer"]) for key, found in acls.items()} == {
        tier: (tier, {"id": consumers[tier]["id"]}) for tier in TIERS
    }


def test_a_tier_may_name_its_consumer_and_its_group() -> None:
    state = desired(put("tiers[2]", {"name": "acme", "consumer": "acme-inc", "group": "enterprise"}))

    assert documents(state, "consumers")["acme"]["username"] == "acme-inc"
    assert documents(state, "consumers")["acme"]["custom_id"] == "acme"
    assert documents(state, "acls")["acme"]["group"] == "enterprise"
    assert documents(state, "jwt_secrets")["acme"]["key"] == "acme"


def test_each_tier_has_the_realms_key_under_its_claims_value() -> None:
    state = desired()
    keys = documents(state, "jwt_secrets")

    assert {key: found["key"] for key, found in keys.items()} == {tier: tier for tier in TIERS}
    assert {found["algorithm"] for found in keys.values()} == {"RS256"}
    (pem,) = {found["rsa_public_key"] for found in keys.values()}
    assert pem.startswith("-----BEGIN PUBLIC KEY-----\n")
    assert pem.endswith("-----END PUBLIC KEY-----\n")
    assert [found["consumer"]["id"] for found in keys.values()] == [state.owner.id("consumers", key) for key in keys]


def test_limits_are_the_default_and_five_and_twenty_times_that() -> None:
    assert limits() == {
        "free": (1_000, 60_000, 1_440_000),
        "pro": (5_000, 300_000, 7_200_000),
        "enterprise": (20_000, 1_200_000, 28_800_000),
    }


def test_a_tier_may_have_limits_of_its_own() -> None:
    own = put("tiers[1]", {"name": "pro", "limits": {"minute": 7, "hour": 8, "day": 9}})

    assert limits(own)["pro"] == (7, 8, 9)
    assert limits(own)["free"] == (1_000, 60_000, 1_440_000)


def test_the_highest_multiple_is_no_error() -> None:
    most = put("limits", {"minute": 1_000_000_000, "hour": 1_000_000_000, "day": 1_000_000_000})

    assert limits(most, put("tiers[1].times", 1_000_000))["pro"] == (10**15, 10**15, 10**15)


@pytest.mark.parametrize(
    ("fairness", "by", "header"), [("subject", "header", "TokenSubject"), ("tier", "consumer", None)]
)
def test_fairness_says_whose_budget_it_is(fairness: str, by: str, header: str | None) -> None:
    config = configurations(desired(put("tiers[0].fairness", fairness)))["consumer/free/rate-limiting"]

    assert (config["limit_by"], config["header_name"]) == (by, header)


def test_each_user_has_a_budget_unless_the_tier_says_otherwise() -> None:
    assert {tier.fairness for tier in settings().tiers} == {"subject"}


def test_requests_pass_while_the_counters_are_down_and_refusals_say_429() -> None:
    for key, config in configurations(desired()).items():
        if key.endswith("/rate-limiting"):
            assert config["fault_tolerant"] is True
            assert (config["error_code"], config["hide_client_headers"]) == (429, False)
            assert (config["second"], config["month"], config["year"], config["path"]) == (None,) * 4


@pytest.mark.parametrize("policy", ["local", "cluster"])
def test_without_redis_nothing_names_one(policy: str) -> None:
    config = configurations(desired(put("counters", {"policy": policy})))["consumer/free/rate-limiting"]

    assert config["policy"] == policy
    assert (config["redis"]["host"], config["redis"]["password"], config["redis_host"]) == (None, None, None)


REDIS = {
    "policy": "redis",
    "host": "redis.test",
    "port": 6380,
    "database": 3,
    "username": "kong",
    "passwordSecret": {"name": "kong-redis", "key": "pass"},
    "serverName": "redis.certificate.test",
    "timeout": 500,
}


def test_redis_is_reached_with_tls_and_a_password_that_only_the_nodes_know() -> None:
    config = configurations(desired(put("counters", REDIS)))["consumer/free/rate-limiting"]

    assert config["policy"] == "redis"
    assert config["redis"] == {
        "host": "redis.test",
        "port": 6380,
        "timeout": 500,
        "username": "kong",
        "password": "{vault://env/redis-password}",
        "database": 3,
        "ssl": True,
        "ssl_verify": True,
        "server_name": "redis.certificate.test",
    }
    assert {key: value for key, value in config.items() if key.startswith("redis_")} == {
        f"redis_{name}": value for name, value in config["redis"].items()
    }


def test_the_name_on_rediss_certificate_is_its_host_unless_the_stack_says_otherwise() -> None:
    redis = {key: value for key, value in REDIS.items() if key not in {"serverName", "passwordSecret"}}

    config = configurations(desired(put("counters", redis)))["consumer/free/rate-limiting"]["redis"]

    assert (config["server_name"], config["password"]) == ("redis.test", None)


def test_redis_without_tls_verifies_nothing() -> None:
    plain = {"policy": "redis", "tls": False, "host": "10.0.0.1"}

    config = configurations(desired(put("counters", plain)))["consumer/free/rate-limiting"]["redis"]

    assert (config["ssl"], config["ssl_verify"], config["server_name"]) == (False, False, None)


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_no_password_is_in_any_entity(stack: str) -> None:
    for config in configurations(desired(stack=stack)).values():
        password = config.get("redis", {}).get("password")
        assert password in {None, "{vault://env/redis-password}"}


def test_where_tokens_pick_no_consumer_every_user_of_a_service_has_the_standard_limit() -> None:
    found = configurations(desired(*authenticated_by("oidc")))

    (key,) = [key for key in found if key.endswith("/rate-limiting")]
    config = found[key]
    assert key == "service/omnify-api/rate-limiting"
    assert (config["minute"], config["hour"], config["day"]) == (1_000, 60_000, 1_440_000)
    assert (config["limit_by"], config["header_name"]) == ("credential", None)
