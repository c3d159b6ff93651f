"""pre-function and post-function: Lua given by the administrator (Kong: kong/plugins/pre-function)."""

from typing import ClassVar

from typing_extensions import override

from sandbox.kong.proxy.handler import Call, Handler
from sandbox.kong.proxy.lua.runtime import LuaFunction


class _Functions(Handler):
    def __init__(self) -> None:
        self._compiled: dict[tuple[str, str], LuaFunction] = {}

    @override
    def rewrite(self, call: Call) -> None:
        self._run(call, "rewrite")

    @override
    async def access(self, call: Call) -> None:
        if any(function.reads_body for function in self._functions(call, "access")):
            await call.exchange.request.body.read()
        self._run(call, "access")

    @override
    def header_filter(self, call: Call) -> None:
        self._run(call, "header_filter")

    @override
    def filters_body(self, call: Call) -> bool:
        return bool(call.config["body_filter"])

    @override
    def body_filter(self, call: Call, body: bytes) -> bytes:
        call.context["raw_body"] = body
        self._run(call, "body_filter")
        return call.context["raw_body"]

    @override
    async def log(self, call: Call) -> None:
        self._run(call, "log")

    def _run(self, call: Call, phase: str) -> None:
        for function in self._functions(call, phase):
            function(call.exchange, phase, call.context)

    def _functions(self, call: Call, phase: str) -> list[LuaFunction]:
        return [self._function(call, code) for code in call.config[phase]]

    def _function(self, call: Call, code: str) -> LuaFunction:
        key = (call.plugin["id"], code)
        if key not in self._compiled:
            self._compiled[key] = call.node.lua.compile(code, self.name)
        return self._compiled[key]


class PreFunction(_Functions):
    """Runs before every other plugin."""

    name: ClassVar[str] = "pre-function"
    priority: ClassVar[int] = 1_000_000


class PostFunction(_Functions):
    """Runs after every other plugin."""

    name: ClassVar[str] = "post-function"
    priority: ClassVar[int] = -1000
