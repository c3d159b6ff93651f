"""What Kong's caches get of a pod's memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from components.platform.kong_conf import gateway_environment
from config.memory import KongMemory
from tests.program.stacks import section, stack_settings


@pytest.mark.parametrize(
    ("memory", "cpu", "cache"),
    [
        ("330Mi", "500m", "16m"),
        ("512Mi", "1", "61m"),
        ("1Gi", "1", "189m"),
        ("2Gi", "2", "413m"),
        ("1Ti", "4", "1024m"),
    ],
)
def test_the_caches_follow_from_the_limit_and_the_workers(memory: str, cpu: str, cache: str) -> None:
    found = _environment({"requests": {"cpu": "1m", "memory": "1Mi"}, "limits": {"cpu": cpu, "memory": memory}})
    assert found["KONG_MEM_CACHE_SIZE"] == cache


@given(limit=st.integers(min_value=1, max_value=2**20), workers=st.integers(min_value=1, max_value=64))
def test_where_kong_fits_its_caches_are_of_use_and_leave_as_much_free(limit: int, workers: int) -> None:
    memory = KongMemory(limit=limit, workers=workers)
    if limit >= memory.least:
        assert memory.cache >= 16
        assert 2 * memory.cache <= memory.spare - 2 * memory.cache
    else:
        assert KongMemory(limit=memory.least, workers=workers).cache == 16


def test_a_worker_more_leaves_less_for_caches() -> None:
    assert KongMemory(limit=2048, workers=3).cache < KongMemory(limit=2048, workers=2).cache


def test_a_stack_that_knows_better_says_the_size() -> None:
    platform = section("dev", "platform", cacheSize="300Mi")
    assert gateway_environment(stack_settings("dev", platform=platform)).values["KONG_MEM_CACHE_SIZE"] == "300m"


@pytest.mark.parametrize(("cpu", "workers"), [("250m", "1"), ("1", "1"), ("1500m", "1"), ("2", "2")])
def test_there_is_a_worker_for_each_whole_core(cpu: str, workers: str) -> None:
    found = _environment({"requests": {"cpu": "1m", "memory": "1Mi"}, "limits": {"cpu": cpu, "memory": "2Gi"}})
    assert found["KONG_NGINX_WORKER_PROCESSES"] == workers


def test_without_a_database_kongs_own_file_stays_smaller_than_its_volume() -> None:
    found = gateway_environment(stack_settings("dev", mode="dbless")).values
    assert found["KONG_LMDB_MAP_SIZE"] == "256m"


def _environment(resources: JsonValue) -> dict[str, str]:
    platform = section("dev", "platform", resources=resources)
    return dict(gateway_environment(stack_settings("dev", platform=platform)).values)
