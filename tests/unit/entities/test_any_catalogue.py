"""Whatever a right stack file says, Kong takes it and the declarative file says the same."""

import yaml
from hypothesis import HealthCheck, given, settings

from entities.declarative import declarative_document, declarative_yaml
from entities.desired import desired_state
from entities.model import Scope
from entities.schema import kong_schema
from entities.validation import validated
from tests.unit.config.documents import Document
from tests.unit.entities.catalogues import stack_files
from tests.unit.entities.flattened import flattened
from tests.unit.entities.states import OWNER

any_stack_file = given(stack_files())
often = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
sometimes = settings(often, max_examples=15)
"""For what writes YAML, which is slow."""


@often
@any_stack_file
def test_kong_takes_every_document(file: Document) -> None:
    state = desired_state(validated(file), OWNER)

    for entity in state:
        document = state.document(entity)
        assert kong_schema().check(entity.kind, document) == [], entity.key
        assert kong_schema().complete(entity.kind, document) == document, entity.key


@often
@any_stack_file
def test_no_two_entities_meet_under_one_key(file: Document) -> None:
    state = desired_state(validated(file), OWNER)

    keys = [(entity.kind, entity.key) for entity in state]
    scopes = [(plugin.name, plugin.scope) for plugin in state.plugins]
    assert len(set(keys)) == len(keys)
    assert len({str(state.document(entity)["id"]) for entity in state}) == len(keys)
    assert len(set(scopes)) == len(scopes)


@often
@any_stack_file
def test_the_declarative_document_holds_the_same_entities(file: Document) -> None:
    state = desired_state(validated(file), OWNER)

    found = flattened(declarative_document(state))

    wanted = {(entity.kind, str(state.document(entity)["id"])): state.document(entity) for entity in state}
    assert found.keys() == wanted.keys()
    for place, document in found.items():
        assert document == {field: value for field, value in wanted[place].items() if value is not None}


@sometimes
@any_stack_file
def test_the_declarative_file_is_that_document_and_always_the_same_bytes(file: Document) -> None:
    state = desired_state(validated(file), OWNER)

    text = declarative_yaml(state)

    assert yaml.load(text, Loader=yaml.CSafeLoader) == declarative_document(state)
    assert declarative_yaml(desired_state(validated(file), OWNER)) == text


@often
@any_stack_file
def test_each_guarded_route_is_guarded_once_and_each_public_one_not_at_all(file: Document) -> None:
    state = desired_state(validated(file), OWNER)
    authenticating = {"jwt", "openid-connect", "oidc"}
    guards = [plugin.scope for plugin in state.plugins if plugin.name in authenticating]
    groups = [(plugin.scope, plugin.config["allow"]) for plugin in state.plugins if plugin.name == "acl"]

    for api in file["apis"]:
        for route in api["routes"]:
            scopes = (Scope(route=route["name"]), Scope(service=api["name"]))
            wanted = route["access"].get("groups")
            assert len([scope for scope in guards if scope in scopes]) == (1 if wanted else 0)
            assert [allowed for scope, allowed in groups if scope in scopes] == ([sorted(wanted)] if wanted else [])
