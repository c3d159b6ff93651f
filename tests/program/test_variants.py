"""The variants leave nothing out that the components can make."""

import re
from functools import partial
from pathlib import Path

from gateway.recording import recorded, run_program
from tests.program.variants import VARIANTS

_MADE = re.compile(r"\bk8s\.([a-z_.]+)\.(v\d\w*)\.([A-Z]\w+)\(")
_COMPONENTS = Path(__file__).parents[2] / "components" / "platform"


async def test_every_kind_of_object_that_a_component_makes_is_in_a_variant() -> None:
    sources = "".join(file.read_text("utf-8") for file in _COMPONENTS.glob("*.py"))
    makeable = {kind for *_, kind in _MADE.findall(sources) if not kind.endswith("Args")}
    assert {"Deployment", "StatefulSet", "Job", "Service"} <= makeable
    made: set[str] = set()
    for variant in VARIANTS.values():
        recording = await recorded(partial(run_program, variant.document()), "any", preview=True)
        made |= {each.type.rpartition(":")[2] for each in recording.registrations}
    assert makeable - made == set()
