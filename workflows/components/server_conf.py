"""Temporal's own configuration, as its server reads it (Temporal: common/config/config.go).

The file is a template: what only the pod knows, its address and the database's credentials, the server takes from its
environment (common/config/loader.go, `enable-template`).
"""

import re
from typing import Any

import yaml

from workflows.components.names import HTTP_PORT, METRICS_PORT, PORTS, frontend_address
from workflows.components.store import PASSWORD_VARIABLE, USER_VARIABLE, Store
from workflows.settings.temporal import Apart, Temporal

CONFIG_FILE = "server.yaml"
DYNAMIC_FILE = "dynamic.yaml"
DIRECTORY = "/etc/temporal/omnify"
ADDRESS_VARIABLE = "POD_IP"
_VARIABLE = re.compile(r"__(\w+?)__")
_ANYWHERE = "0.0.0.0"  # noqa: S104 (in its pod)


def server_yaml(settings: Temporal, store: Store) -> str:
    """The server's configuration, the same for all of its services."""
    text = yaml.safe_dump(_document(settings, store), sort_keys=False, default_flow_style=False)
    # `quote` makes of any value a string that YAML reads as it stands.
    filled = _VARIABLE.sub(lambda found: f'{{{{ env "{found[1]}" | quote }}}}', text)
    return f"# enable-template\n{filled}"


def dynamic_yaml(settings: Temporal) -> str:
    """What the server would read again while it runs; here another content is another file, and the pods roll."""
    drains = ("frontend.shutdownDrainDuration", "history.shutdownDrainDuration", "matching.shutdownDrainDuration")
    return yaml.safe_dump({key: [{"value": f"{settings.drain_seconds}s"}] for key in drains})


def _document(settings: Temporal, store: Store) -> dict[str, Any]:
    user, password = f"__{USER_VARIABLE}__", f"__{PASSWORD_VARIABLE}__"
    return {
        "log": {"stdout": True, "level": settings.log_level, "format": "json"},
        "persistence": {
            "numHistoryShards": settings.shards,
            "defaultStore": "default",
            "visibilityStore": "visibility",
            "datastores": {
                "default": store.datastore(store.name, user, password, 20),
                "visibility": store.datastore(store.visibility_name, user, password, 10),
            },
        },
        "global": {
            "membership": {"maxJoinDuration": "30s", "broadcastAddress": f"__{ADDRESS_VARIABLE}__"},
            "metrics": {"prometheus": {"timerType": "histogram", "listenAddress": f"{_ANYWHERE}:{METRICS_PORT}"}},
        },
        "services": {
            service: {"rpc": {"grpcPort": ports.grpc, "membershipPort": ports.membership, "bindOnIP": _ANYWHERE}}
            | ({"rpc": _frontend_rpc()} if service == "frontend" else {})
            for service, ports in PORTS.items()
        },
        "clusterMetadata": {
            "enableGlobalNamespace": False,
            "failoverVersionIncrement": 10,
            "masterClusterName": "active",
            "currentClusterName": "active",
            "clusterInformation": {
                "active": {
                    "enabled": True,
                    "initialFailoverVersion": 1,
                    "rpcName": "frontend",
                    "rpcAddress": f"127.0.0.1:{PORTS['frontend'].grpc}",
                }
            },
        },
        "dcRedirectionPolicy": {"policy": "noop"},
        "archival": {"history": {"state": "disabled"}, "visibility": {"state": "disabled"}},
        "publicClient": {"hostPort": _own_frontend(settings)},
        "dynamicConfigClient": {"filepath": f"{DIRECTORY}/{DYNAMIC_FILE}", "pollInterval": "60s"},
    }


def _frontend_rpc() -> dict[str, Any]:
    ports = PORTS["frontend"]
    return {
        "grpcPort": ports.grpc,
        "membershipPort": ports.membership,
        "httpPort": HTTP_PORT,
        "bindOnIP": _ANYWHERE,
    }


def _own_frontend(settings: Temporal) -> str:
    """Where Temporal's own workers find a frontend: in their pod where it is there, else by its Service."""
    apart = isinstance(settings.layout, Apart)
    return frontend_address() if apart else f"127.0.0.1:{PORTS['frontend'].grpc}"
