"""The stand-in's proxy: routes, plugins and services as Kong 3.9 treats them.

Left out: WebSocket, gRPC and stream routes, client certificates and SNI, `sources` and `destinations`,
health checks, hashing balancers, vault references (but those to Redis' credentials), and every plugin that is not in
`PLUGIN_NAMES`.
A write takes effect at once, where Kong needs about five seconds.
"""

from sandbox.kong.proxy.application import Proxy
from sandbox.kong.proxy.counters import Counters
from sandbox.kong.proxy.plugins import PLUGIN_NAMES
from sandbox.kong.proxy.store import EntityStore

__all__ = ["PLUGIN_NAMES", "Counters", "EntityStore", "Proxy"]
