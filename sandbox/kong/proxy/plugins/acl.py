"""acl (Kong: kong/plugins/acl/handler.lua)."""

from typing import ClassVar

from typing_extensions import override

from sandbox.kong.proxy.exchange import Answer, Exit
from sandbox.kong.proxy.handler import Call, Handler
from sandbox.kong.proxy.lua import values

_REFUSED = "You cannot consume this service"


class Acl(Handler):
    """Lets a request pass or not by the consumer's groups."""

    name: ClassVar[str] = "acl"
    priority: ClassVar[int] = 950

    @override
    async def access(self, call: Call) -> None:
        groups, header = _groups(call)
        denied: list[str] = call.config["deny"] or []
        if not groups and not denied:
            raise Exit(_refusal(call))
        listed = not set(groups).isdisjoint(denied or call.config["allow"] or ())
        if listed == bool(denied):
            raise Exit(call.exchange.error(403, _REFUSED))
        if not call.config["hide_groups_header"]:
            call.exchange.request.headers.set(header, ", ".join(groups))


def _groups(call: Call) -> tuple[list[str], str]:
    """The groups that count, and the header that tells the upstream."""
    exchange = call.exchange
    prefers_authenticated = exchange.credential is None or call.config["always_use_authenticated_groups"]
    if exchange.consumer is None or prefers_authenticated:
        shared = values.to_python(exchange.shared.get("authenticated_groups"))
        if isinstance(shared, list):
            return [str(group) for group in shared], "X-Authenticated-Groups"  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] -- Lua's list
    if exchange.consumer is None:
        raise Exit(_refusal(call))
    return call.configuration.groups.get(exchange.consumer["id"], []), "X-Consumer-Groups"


def _refusal(call: Call) -> Answer:
    known = call.exchange.credential is not None
    return call.exchange.error(403, _REFUSED) if known else call.exchange.error(401)
