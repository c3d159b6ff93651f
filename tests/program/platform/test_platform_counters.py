"""Redis beside Kong: its password, its memory, and that Kong and Redis agree."""

import base64
from typing import Any

from pydantic import JsonValue

from entities.desired import desired_state
from tests.program.platform.conftest import PASSWORD, Deploy
from tests.program.platform.objects import DEPLOYMENT, SECRET, SERVICE, kong, variables
from tests.program.resources import Resources, inputs, object_name
from tests.program.stacks import section, stack_settings
from tests.unit.entities.states import OWNER, configurations

BUNDLED: JsonValue = {"policy": "redis", "kind": "bundled", "memory": "64Mi"}
SEVERAL = section("dev", "platform", replicas=2)


def redis(recording: Resources) -> dict[str, Any]:
    (deployment,) = [each for each in recording.of_type(DEPLOYMENT) if object_name(each) == "redis"]
    return inputs(deployment)["spec"]


def container(recording: Resources) -> dict[str, Any]:
    return redis(recording)["template"]["spec"]["containers"][0]


async def test_the_password_is_in_its_secret_and_nowhere_else(deploy: Deploy) -> None:
    recording = await deploy(stack_settings("dev", counters=BUNDLED))
    text = f"{PASSWORD}-redis"
    encoded = base64.b64encode(text.encode()).decode()
    secret = recording.one(SECRET, "redis")
    assert inputs(secret)["data"] == {"password": encoded}
    assert (secret.properties.secrets, secret.ignore_changes) == ({"data"}, ("data",))
    others = [str(inputs(each)) for each in recording.registrations if each is not secret]
    assert not [each for each in others if text in each or encoded in each]


async def test_kong_and_redis_read_the_same_password_and_port(deploy: Deploy) -> None:
    settings = stack_settings("dev", counters=BUNDLED, platform=SEVERAL)
    recording = await deploy(settings)
    wanted = {"secretKeyRef": {"name": "redis", "key": "password"}}
    assert variables(kong(recording))["REDIS_PASSWORD"] == wanted
    assert variables(container(recording))["REDIS_PASSWORD"] == wanted
    plugins = configurations(desired_state(settings, OWNER))
    limits = [config["redis"] for key, config in plugins.items() if key.endswith("/rate-limiting")]
    assert limits
    service = recording.one(SERVICE, "redis")
    for each in limits:
        assert each["password"] == "{vault://env/redis-password}"
        assert each["host"] == object_name(service)
        assert each["port"] == inputs(service)["spec"]["ports"][0]["port"]
        assert not each["ssl"]


async def test_kong_starts_when_the_password_is_there(deploy: Deploy) -> None:
    recording = await deploy(stack_settings("dev", counters=BUNDLED))
    (gateway,) = [each for each in recording.of_type(DEPLOYMENT) if object_name(each) == "kong"]
    assert recording.one(SECRET, "redis").urn in gateway.dependencies


async def test_counters_have_three_quarters_of_the_memory_and_the_idle_ones_go_first(deploy: Deploy) -> None:
    found = container(await deploy(stack_settings("dev", counters=BUNDLED)))
    assert found["resources"]["limits"]["memory"] == found["resources"]["requests"]["memory"] == "64Mi"
    lines = found["command"][-1].splitlines()
    assert f"maxmemory {48 * 2**20}" in lines
    assert "maxmemory-policy volatile-lru" in lines


async def test_there_is_never_a_second_redis_that_would_count_apart(deploy: Deploy) -> None:
    found = redis(await deploy(stack_settings("dev", counters=BUNDLED)))
    assert (found["replicas"], found["strategy"]) == (1, {"type": "Recreate"})
