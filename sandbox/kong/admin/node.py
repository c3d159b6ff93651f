"""What a node says of itself: `/`, `/status`, `/plugins/enabled`, `/tags`, `/metrics`.

Kong: kong/api/routes/{kong,health,plugins,tags,clustering}.lua and kong/status/ready.lua.
"""

import platform
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from entities.order import PRIORITIES
from sandbox.kong.admin.calls import Answer, Call, Methods, ok
from sandbox.kong.admin.listing import listed, tag_page
from sandbox.kong.dao import Dao

VERSION = "3.9.1"


@dataclass(frozen=True, slots=True)
class Node:
    """One gateway process."""

    metrics: Callable[[], str]
    """What `/metrics` answers while the `prometheus` plugin is on, in Prometheus' text format."""
    reaches_database: Callable[[], bool] = lambda: True
    """Whether its database answers. Without one it always does (Kong: kong/db/strategies/off/connector.lua)."""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


def node_paths(dao: Dao, node: Node) -> dict[str, Methods]:
    """The paths that are about the node."""
    return {
        "/": {"GET": lambda _: ok(_information(dao, node))},
        "/status": {"GET": lambda _: ok(_status(dao, node))},
        "/metrics": {"GET": lambda _: Answer(200, node.metrics(), {"Content-Type": "text/plain; charset=UTF-8"})},
        "/plugins/enabled": {"GET": lambda _: ok({"enabled_plugins": list(PRIORITIES)})},
        "/clustering/status": {"GET": _clustering},
        "/tags": {"GET": lambda call: listed(tag_page(dao, None, call.query), "/tags", call.query)},
        "/tags/{tag}": {"GET": lambda call: _tagged(dao, call)},
    }


def status_paths(dao: Dao, node: Node) -> dict[str, Methods]:
    """What the status listener (8100) serves."""
    served = node_paths(dao, node)
    return {
        "/status": served["/status"],
        "/status/ready": {"GET": lambda _: _ready(dao, node)},
        "/metrics": served["/metrics"],
    }


def _information(dao: Dao, node: Node) -> dict[str, object]:
    return {
        "version": VERSION,
        "edition": "community",
        "tagline": "Welcome to kong",
        "hostname": platform.node(),
        "node_id": node.id,
        "lua_version": "LuaJIT 2.1.1700206165",
        "configuration": {
            "database": dao.database,
            "role": "traditional",
            "router_flavor": "traditional_compatible",
            "plugins": ["bundled"],
            "loaded_plugins": dict.fromkeys(PRIORITIES, True),
        },
        "plugins": {
            "available_on_server": {
                name: {"version": VERSION, "priority": priority} for name, priority in PRIORITIES.items()
            },
            "enabled_in_cluster": sorted({plugin["name"] for plugin in dao.store.all("plugins")}),
        },
    }


def _status(dao: Dao, node: Node) -> dict[str, object]:
    if dao.database == "off":
        return {"configuration_hash": dao.store.configuration_hash or NO_CONFIGURATION}
    return {"database": {"reachable": node.reaches_database()}}


NO_CONFIGURATION = "0" * 32
"""The hash of a DB-less gateway that has loaded nothing (Kong: constants.lua, DECLARATIVE_EMPTY_CONFIG_HASH)."""


def _ready(dao: Dao, node: Node) -> Answer:
    if dao.database != "off" and not node.reaches_database():
        return Answer(503, {"message": "failed to connect to database"})
    if dao.database == "off" and dao.store.configuration_hash is None:
        return Answer(503, {"message": "no configuration available (empty configuration present)"})
    return ok({"message": "ready"})


def _clustering(_: Call) -> Answer:
    message = "this endpoint is only available when Kong is configured to run as Control Plane for the cluster"
    return Answer(400, {"message": message})


def _tagged(dao: Dao, call: Call) -> Answer:
    return listed(tag_page(dao, call.param("tag"), call.query), f"/tags/{call.params['tag']}", {})
