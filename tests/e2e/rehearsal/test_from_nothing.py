"""`make up` on a machine where nothing is up: what it says, and that what it says is so."""

import json
import os
import pty
import re
import subprocess
from contextlib import suppress

import httpx
import pytest

from gateway.recording import PROJECT
from sandbox.cluster.kubeconfig import CONTEXT
from sandbox.rehearsal import realm
from tests.e2e.rehearsal.driver import LIMITS, Rehearsals, Run, declared

pytestmark = pytest.mark.xdist_group("rehearsal")

AREAS = ("routes", "tokens", "tiers", "bodies", "browsers", "observability", "limits")


def test_it_succeeds_and_shows_each_step_and_each_check(begun: tuple[Rehearsals, Run]) -> None:
    _, run = begun

    assert run.code == 0, run.text
    steps = [line.rpartition(" ")[0] for line in run.lines("✓ ")]
    assert [re.sub(r" [\d.]+$", "", step) for step in steps] == [
        "settings of stack dev",
        f"Kubernetes, context {CONTEXT}",
        "gateway processes",
        f"stack dev (sandbox engine): {declared()} created",
    ]
    assert [line for line in run.text.splitlines() if line in AREAS] == list(AREAS)
    assert run.lines("  ✗") == []
    assert re.search(r"^\d+ passed, 1 skipped$", run.text, re.MULTILINE)


def test_the_outputs_are_kept_and_shown(begun: tuple[Rehearsals, Run]) -> None:
    rehearsals, run = begun

    outputs = rehearsals.outputs()

    assert (outputs.context, outputs.namespace) == (CONTEXT, "omnify-gateway-dev")
    assert f"  gateway    {outputs.urls.gateway}" in run.text.splitlines()
    assert f"  all        {rehearsals.layout.outputs('dev')}" in run.text.splitlines()


def test_the_ways_to_look_around_lead_somewhere(dev: Rehearsals) -> None:
    run = dev.latest
    (gateway,), (metrics,) = run.lines("  gateway  curl "), run.lines("  metrics  curl -s ")
    (kubectl,), (logs,) = run.lines("  cluster  kubectl --kubeconfig "), run.lines("  logs     ")
    kubeconfig, _, namespace, *_ = kubectl.split()
    host, url = gateway.split("'")[1].removeprefix("Host: "), gateway.split()[-1]

    assert httpx.get(url, headers={"Host": host}).status_code == 200
    assert "kong_http_requests_total" in httpx.get(metrics).text
    assert kubeconfig == str(dev.layout.cluster / "kubeconfig")
    assert namespace == "omnify-gateway-dev"
    assert f"{logs}/rehearsal.log" == str(dev.layout.log)
    assert "  away     make down STACK=dev" in run.text


def test_in_a_pipe_there_are_no_colours(begun: tuple[Rehearsals, Run]) -> None:
    _, run = begun

    assert "\x1b" not in run.text


def test_in_a_terminal_what_is_under_way_moves_in_colour(dev: Rehearsals) -> None:
    terminal, inside = pty.openpty()
    command = dev.command("up", "--set", f"limits={json.dumps(LIMITS)}")
    variables = dev.variables() | {"TERM": "xterm-256color"}
    with subprocess.Popen(command, cwd=PROJECT, env=variables, stdin=inside, stdout=inside, stderr=inside) as process:
        os.close(inside)
        shown = _everything(terminal)

    assert process.returncode == 0, shown
    assert "\x1b[32m✓" in shown
    assert re.search(r"stack dev \(sandbox engine\): \d+ of \d+, \w+", shown)


def test_what_is_secret_is_neither_shown_nor_logged(begun: tuple[Rehearsals, Run]) -> None:
    rehearsals, run = begun
    key = realm.signing_key(rehearsals.layout.signing_key)
    logged = "".join(file.read_text() for file in rehearsals.layout.logs.iterdir())

    for text in (run.text, logged):
        assert key.splitlines()[1] not in text
        assert "eyJ" not in text, "a token"
    assert rehearsals.layout.signing_key.stat().st_mode & 0o077 == 0


def _everything(terminal: int) -> str:
    """What a program shows in a terminal until it ends, which the terminal tells with an error."""
    shown = b""
    with open(terminal, "rb", buffering=0) as screen, suppress(OSError):
        while piece := screen.read(65536):
            shown += piece
    return shown.decode()
