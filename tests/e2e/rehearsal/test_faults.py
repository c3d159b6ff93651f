"""The Admin API fails while `make up` is at work: it goes on when it can, and says what is wrong when it cannot."""

import socket

import pytest

from tests.e2e.rehearsal.driver import LIMITS, Rehearsals, declared

pytestmark = pytest.mark.xdist_group("rehearsal")

CHANGED = LIMITS | {"minute": 45}


@pytest.mark.parametrize(("kind", "requests"), [("error", 3), ("unavailable", 3), ("close", 1), ("hang", 1)])
def test_faults_that_pass_do_not_stop_it(dev: Rehearsals, kind: str, requests: int) -> None:
    dev.fault(kind, requests=requests, methods=["PUT"])

    run = dev.up(limits=CHANGED)

    assert run.code == 0, run.text
    assert f"3 updated, {declared() - 3} unchanged" in run.text


@pytest.mark.parametrize("kind", ["unavailable", "hang"])
def test_an_admin_api_that_comes_up_late_is_waited_for(dev: Rehearsals, kind: str) -> None:
    dev.fault(kind, seconds=5)

    run = dev.up()

    assert run.code == 0, run.text
    assert f"nothing to change, {declared()} resources are as declared" in run.text


def test_faults_that_last_are_said_and_the_next_run_completes(dev: Rehearsals) -> None:
    dev.fault("error", methods=["PUT"])

    failed = dev.up(limits=CHANGED)

    assert failed.code == 1
    (said,) = failed.lines("✗ stack dev (sandbox engine): ")
    assert said.startswith("Plugin consumer/enterprise/rate-limiting: Kong's Admin API failed 6 times at PUT /plugins/")
    assert said.endswith("last: it answers 500. Look at Kong's log")
    assert failed.lines("  its log: ") == [str(dev.layout.log)]
    assert "Traceback" in dev.layout.log.read_text()
    assert "Traceback" not in failed.text

    dev.no_fault()
    run = dev.up(limits=CHANGED)

    assert run.code == 0, run.text
    assert f"3 updated, {declared() - 3} unchanged" in run.text


def test_a_gateway_that_ended_is_started_again_with_what_it_had(dev: Rehearsals) -> None:
    entities = dev.entities()
    dev.kill("kong")
    dev.kill("backend")

    run = dev.up()

    assert run.code == 0, run.text
    assert f"nothing to change, {declared()} resources are as declared" in run.text
    assert dev.entities() == entities


def test_a_gateway_that_cannot_start_is_named_with_its_log(dev: Rehearsals) -> None:
    dev.kill("kong")
    kept = dev.layout.entities("dev", "database")
    entities = kept.read_text()
    kept.write_text("spoilt")

    failed = dev.up()

    assert failed.code == 1
    log = dev.layout.logs / "kong.log"
    assert failed.lines("✗ gateway processes: ") == [f"kong ended while it started; its log: {log}"]
    assert "JSONDecodeError" in log.read_text()

    kept.write_text(entities)
    assert dev.up().code == 0


def test_a_port_that_something_else_took_is_chosen_anew(dev: Rehearsals) -> None:
    before = {name: dev.url(name) for name in ("admin", "proxy")}
    dev.kill("kong")
    port = int(before["proxy"].rpartition(":")[2])
    with socket.create_server(("127.0.0.1", port)):
        run = dev.up()

    assert run.code == 0, run.text
    assert dev.url("admin") == before["admin"]
    assert dev.url("proxy") != before["proxy"]
    assert dev.get("/health").status_code == 200
