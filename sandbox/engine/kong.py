"""Kong's entities in the sandbox's engine: through the project's own provider, in this process.

What is live decides, not what was applied last: a refresh costs a handful of requests.
"""

import os
from collections.abc import Iterator, Mapping
from typing import Any

from entities.schema import kong_schema
from gateway.recording import Registration
from provider.admin import Patience
from provider.documents import to_document
from provider.operations import Operations, State, open_operations
from provider.settings import read_settings
from provider.urns import Urn, parse_urn
from provider.values import Properties
from sandbox.engine.changes import told
from sandbox.engine.state import Resource, without_secrets
from sandbox.engine.steps import Action, At, EngineError, Step

_PATIENCE = Patience(request=10)
"""Somebody watches, and answers take milliseconds."""


class KongEntities:
    """The entities of one gateway, for one run of the engine."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations
        self._ids: dict[str, str] = {}
        """The ids of entities that were there before, by those that the recording has for them."""

    @classmethod
    def reached(cls, provider: Mapping[str, Any], at: At) -> "KongEntities":
        """The gateway of a provider's inputs; nothing is connected before the first request.

        `at` hears of waiting for it.
        """

        async def say(text: str) -> None:
            at(text)

        settings = read_settings(provider, os.environ)
        return cls(open_operations(settings, patience=_PATIENCE, say=say))

    async def apply(self, registration: Registration, before: Resource | None) -> tuple[Resource, Step]:
        """Make an entity what the program says.

        Raises:
            EngineError: Kong's schema refuses it.
        """
        urn = parse_urn(registration.urn)
        checked = self._operations.check(urn, self._with_real_ids(registration.properties))
        if checked.failures:
            reasons = "; ".join(f"{failure.path}: {failure.reason}" for failure in checked.failures)
            raise EngineError(f"{urn.token} {urn.name}: {reasons}")
        identity = before.id if before else urn.derived_id
        live = await self._operations.read(urn, identity, checked.inputs, checked.inputs)
        state, action = await self._write(urn, identity, live, checked.inputs)
        self._ids[urn.derived_id] = state.id
        changes = tuple(_changes(urn, live, checked.inputs)) if live is not None and action is Action.UPDATED else ()
        resource = Resource(
            urn=urn.text,
            type=registration.type,
            name=urn.name,
            id=state.id,
            inputs=without_secrets(state.inputs),
            deleted_with=registration.deleted_with,
        )
        return resource, Step(action, registration.type, urn.name, changes)

    def _with_real_ids(self, said: Properties) -> Properties:
        """Properties that refer to entities by the ids that those have, as the engine's own outputs would."""
        values = {
            name: self._ids.get(value, value) if isinstance(value, str) else value
            for name, value in said.values.items()
        }
        return Properties(values, said.secrets)

    async def _write(self, urn: Urn, identity: str, live: State | None, wanted: Properties) -> tuple[State, Action]:
        if live is None:
            return await self._operations.create(urn, wanted), Action.CREATED
        if not self._operations.diff(urn, live.id, live.inputs, wanted):
            return live, Action.SAME
        return await self._operations.update(urn, identity, wanted, live.outputs), Action.UPDATED

    async def delete(self, resource: Resource) -> None:
        """Delete an entity."""
        await self._operations.delete(parse_urn(resource.urn), resource.id, Properties(resource.inputs))

    async def close(self) -> None:
        """Close the connections and the tunnel."""
        await self._operations.close()


def _changes(urn: Urn, live: State | None, wanted: Properties) -> Iterator[str]:
    if live is None:
        return
    hidden = live.inputs.secrets | wanted.secrets
    desired, found = (to_document(urn.type, side.values) for side in (wanted, live.inputs))
    for difference in kong_schema().differences(urn.type.kind, desired, found):
        path = ".".join(str(step) for step in difference.path)
        if hidden:
            yield f"{path}: [secret]"
        else:
            yield f"{path}: {told(difference.live, difference.desired)}"
