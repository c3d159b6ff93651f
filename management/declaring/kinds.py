"""Every kind of declaration, by what it is called."""

from collections.abc import Mapping
from typing import Final

from management.declaring.acl_groups import AclGroups
from management.declaring.consumers import Consumers
from management.declaring.kind import Kind
from management.declaring.plugins import Plugins
from management.declaring.routes import Routes
from management.declaring.services import Services
from management.models.stats import Resource

_ALL: Final[tuple[Kind, ...]] = (Services(), Routes(), Plugins(), Consumers(), AclGroups())

KINDS: Final[Mapping[Resource, Kind]] = {kind.resource: kind for kind in _ALL}
"""The kinds, in the order in which they refer to one another."""
