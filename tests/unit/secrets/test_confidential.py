"""The stack file with a secret in every place that takes one: nothing is missing in it, and the settings take it."""

from entities.desired import desired_state
from entities.schema import kong_schema
from entities.secret import configured_secrets, referred_secret
from entities.secret_fields import secret_fields, secret_values
from entities.state import Owner
from entities.validation import validated
from tests.e2e.confidential import confidential_sections, configured, telling
from tests.unit.config.documents import stack_document

NEEDS_TWO_KEYS = {"certificates.key_alt"}
"""A second key, of another kind, beside the first; nothing else is done with it than with that one."""


def test_every_field_of_kong_that_takes_a_secret_has_one() -> None:
    state = desired_state(validated(stack_document("dev") | confidential_sections()), Owner("p", "s"))
    found = {
        f"{entity.fields().get('name') if entity.kind == 'plugins' else entity.kind}.{'.'.join(map(str, path))}"
        for entity in state
        for path, value in secret_values(entity.kind, entity.fields())
        if referred_secret(value)
    }

    kinds = {entity.kind for entity in state} | {"certificates"}
    every = {f"{kind}.{field}" for kind in kinds for field in secret_fields(kind)}
    every |= {f"{name}.{field}" for name in kong_schema().plugin_names for field in secret_fields("plugins", name)}
    assert {name.replace(".Authorization", ".*") for name in found} == every - NEEDS_TWO_KEYS


def test_each_secret_has_a_value_that_no_other_has() -> None:
    values, others = configured(), configured("second")

    assert set(configured_secrets(confidential_sections())) == values.keys() == others.keys()
    assert len({*telling(values).values(), *telling(others).values()}) == 2 * len(telling(values))
