"""request-termination (Kong: kong/plugins/request-termination/handler.lua); without `echo`."""

from typing import ClassVar

from typing_extensions import override

from sandbox.kong.proxy.exchange import Answer, Exit
from sandbox.kong.proxy.handler import Call, Handler

_MESSAGES = {
    401: "Unauthorized",
    404: "Not found",
    405: "Method not allowed",
    500: "An unexpected error occurred",
    502: "Bad Gateway",
    503: "Service unavailable",
}


class RequestTermination(Handler):
    """Answers every request, or those with the trigger, by itself."""

    name: ClassVar[str] = "request-termination"
    priority: ClassVar[int] = 2

    @override
    async def access(self, call: Call) -> None:
        config, request = call.config, call.exchange.request
        trigger = config["trigger"]
        if trigger and trigger.lower() not in request.headers.table() and trigger not in request.query():
            return
        status = config["status_code"]
        if config["body"] is not None:
            content_type = config["content_type"]
            headers = (("Content-Type", content_type),) if content_type else ()
            raise Exit(Answer(status, config["body"].encode(), headers))
        message = config["message"] or _MESSAGES.get(status)
        raise Exit(Answer.json(status, {"message": message}) if message else Answer(status))
