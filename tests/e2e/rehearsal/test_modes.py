"""Both stacks, in both modes, beside one another on one cluster."""

from collections.abc import Mapping

import pytest

from tests.e2e.rehearsal.driver import LIMITS, Rehearsals, declared

pytestmark = pytest.mark.xdist_group("rehearsal")


def test_a_stack_changes_its_mode_in_both_directions(dev: Rehearsals) -> None:
    entities = dev.entities()

    dbless = dev.up(mode="dbless")

    assert dbless.code == 0, dbless.text
    assert "✓ kong.yml, as the pods mount it" in dbless.text
    assert dev.outputs().versions.mode == "dbless"
    assert dev.admin("GET", "/")["configuration"]["database"] == "off"
    assert not any(name.startswith(("StatefulSet", "Job")) for name in dev.objects())
    assert sum(name.startswith("ConfigMap kong-declarative-") for name in dev.objects()) == 1

    database = dev.up()

    assert database.code == 0, database.text
    assert dev.outputs().versions.mode == "database"
    assert _ids(dev) == {document["id"] for documents in entities.values() for document in documents}
    assert not any(name.startswith("ConfigMap kong-declarative-") for name in dev.objects())


def test_without_a_database_again_changes_nothing_and_a_changed_limit_rolls_a_new_file(rehearsals: Rehearsals) -> None:
    first = rehearsals.up("prod", mode="dbless")
    assert first.code == 0, first.text
    before = _uids(rehearsals.objects("prod"))

    again = rehearsals.up("prod", mode="dbless")

    assert again.code == 0, again.text
    assert "nothing to change, " in again.text
    assert _uids(rehearsals.objects("prod")) == before

    changed = rehearsals.up("prod", mode="dbless", limits=LIMITS | {"minute": 45})

    assert changed.code == 0, changed.text
    (file,) = changed.lines("  ± ConfigMap ")
    assert changed.lines("  ~ Deployment ") == ["omnify-gateway-prod/kong"]
    assert any(line.endswith(f" → {file.rpartition('/')[2]}") for line in changed.lines("      "))
    told = [line.split() for line in changed.text.splitlines() if "free is told its limits" in line]
    assert "45" in told[0]


def test_two_stacks_stand_side_by_side_and_go_one_by_one(dev: Rehearsals) -> None:
    before = dev.objects("dev")
    entities = dev.entities()

    prod = dev.up("prod")

    assert prod.code == 0, prod.text
    assert dev.objects("dev") == before
    assert {"Deployment kong", "Ingress kong"} <= dev.objects("prod").keys()
    assert not {each["id"] for each in entities["routes"]} & _ids(dev)

    again = dev.up("dev")

    assert again.code == 0, again.text
    assert f"nothing to change, {declared()} resources are as declared" in again.text
    assert dev.entities() == entities
    standing = _uids(dev.objects("prod"))

    down = dev.down("dev")

    assert down.code == 0, down.text
    assert "The cluster stays for prod: make down STACK=prod" in down.text
    assert dev.objects("dev") == {}
    assert _uids(dev.objects("prod")) == standing


def _uids(objects: Mapping[str, str]) -> dict[str, str]:
    """Which objects there are. Their generations move by themselves: prod's autoscaler raises the replicas."""
    return {name: state.split()[0] for name, state in objects.items()}


def _ids(rehearsals: Rehearsals) -> set[str]:
    return {document["id"] for documents in rehearsals.entities().values() for document in documents}
