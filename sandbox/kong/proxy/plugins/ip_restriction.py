"""ip-restriction (Kong: kong/plugins/ip-restriction/handler.lua)."""

import ipaddress
from typing import ClassVar

from typing_extensions import override

from sandbox.kong.proxy.exchange import Exit
from sandbox.kong.proxy.handler import Call, Handler


class IpRestriction(Handler):
    """Lets addresses pass or not."""

    name: ClassVar[str] = "ip-restriction"
    priority: ClassVar[int] = 990

    @override
    async def access(self, call: Call) -> None:
        config, address = call.config, call.exchange.request.client_ip
        denied = bool(config["deny"]) and _listed(address, config["deny"])
        missing = bool(config["allow"]) and not _listed(address, config["allow"])
        if denied or missing:
            message = config["message"] or f"IP address not allowed: {address}"
            raise Exit(call.exchange.error(config["status"] or 403, message))


def _listed(address: str, networks: list[str]) -> bool:
    client = ipaddress.ip_address(address)
    return any(client in ipaddress.ip_network(network, strict=False) for network in networks)
