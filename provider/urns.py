"""Names the engine gives to resources: urn:pulumi:<stack>::<project>::<parent types$type>::<name>."""

from dataclasses import dataclass

from entities.identity import entity_id
from provider.resources import ResourceType, resource_type


@dataclass(frozen=True)
class Urn:
    """One resource of one stack."""

    text: str
    stack: str
    project: str
    token: str
    name: str

    @property
    def type(self) -> ResourceType:
        """The resource type; UnknownTypeError when this provider has no such type."""
        return resource_type(self.token)

    @property
    def derived_id(self) -> str:
        """The id that follows from stack, kind and name."""
        return entity_id(self.project, self.stack, self.type.kind, self.name)


def parse_urn(text: str) -> Urn:
    """Take a URN apart; the name may hold any characters, also "::"."""
    stack, project, types, name = text.removeprefix("urn:pulumi:").split("::", 3)
    return Urn(text=text, stack=stack, project=project, token=types.rsplit("$", 1)[-1], name=name)
