"""correlation-id (Kong: kong/plugins/correlation-id/handler.lua)."""

import itertools
import os
import time
import uuid
from typing import ClassVar

from typing_extensions import override

from sandbox.kong.proxy.handler import Call, Handler


class CorrelationId(Handler):
    """Gives each request an id for the upstream, the log and, if wished, the client."""

    name: ClassVar[str] = "correlation-id"
    priority: ClassVar[int] = 100_001

    def __init__(self) -> None:
        self._worker = str(uuid.uuid4())
        self._counter = itertools.count(1)

    @override
    async def access(self, call: Call) -> None:
        name, headers = call.config["header_name"], call.exchange.request.headers
        correlation_id = headers.get(name)
        if not correlation_id:
            correlation_id = self._generate(call)
            headers.set(name, correlation_id)
        call.exchange.serialize_values.append(("correlation_id", correlation_id, "set"))
        call.context["correlation_id"] = correlation_id

    @override
    def header_filter(self, call: Call) -> None:
        response = call.exchange.response
        if not call.config["echo_downstream"] or response is None:
            return
        name = call.config["header_name"]
        known = call.context.get("correlation_id") or call.exchange.request.headers.get(name)
        response.headers.set(name, known or self._generate(call))

    def _generate(self, call: Call) -> str:
        match call.config["generator"]:
            case "uuid":
                return str(uuid.uuid4())
            case "tracker":
                port = call.exchange.request.server_port
                return f"127.0.0.1-{port}-{os.getpid()}-{next(self._counter)}-1-{time.time():.3f}"
            case _:
                return f"{self._worker}#{next(self._counter)}"
