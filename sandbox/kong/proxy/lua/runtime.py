"""Runs the Lua of pre- and post-functions on LuaJIT, in Kong's default sandbox, with a part of its PDK."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import lupa.luajit21

from sandbox.kong.proxy.exchange import Exchange, Exit
from sandbox.kong.proxy.lua import values
from sandbox.kong.proxy.lua.pdk import Host, Served
from sandbox.kong.proxy.lua.values import LuaValue

_luajit: Any = lupa.luajit21
"""The extension module; it has no types."""


class LuaError(Exception):
    """Lua code failed; the message is Lua's own."""


class LuaFunction:
    """One entry of a pre- or post-function's phase, compiled."""

    def __init__(self, runtime: "LuaRuntime", function: LuaValue, code: str) -> None:
        self._runtime = runtime
        self._function = function
        self.reads_body = "get_raw_body" in code or "get_body" in code
        """Whether the request's body must be there before it runs."""

    def __call__(self, exchange: Exchange, phase: str, context: dict[str, Any]) -> None:
        """Run for an exchange; `context` is `kong.ctx.plugin`.

        Raises:
            Exit: the function answered the request.
            LuaError: the function failed.
        """
        self._runtime.run(self._function, exchange, phase, context)


class LuaRuntime:
    """Compiles and runs functions for one proxy. Every proxy of the process shares one LuaJIT machine."""

    def __init__(self, *, node_id: str) -> None:
        self._node_id = node_id
        self._machine = _machine()

    def compile(self, code: str, name: str) -> LuaFunction:
        """Compile a function as the `pre-function` plugin does.

        Raises:
            LuaError: a syntax error.
        """
        try:
            function = self._machine.pdk.compile(values.encode(code), f"={name}")
        except _luajit.LuaError as problem:
            raise LuaError(str(problem)) from problem
        return LuaFunction(self, function, code)

    def run(self, function: LuaValue, exchange: Exchange, phase: str, context: dict[str, Any]) -> None:
        """Run a compiled function; see `LuaFunction`."""
        served = Served(exchange, phase, context, self._node_id)
        with self._machine.host.serving(served):
            problem = self._machine.pdk.run(function)
        if served.answer is not None:
            raise Exit(served.answer)
        if problem is not None:
            raise LuaError(problem)

    def evaluate(self, code: str, name: str, exchange: Exchange) -> values.Json:
        """The value of a log expression (`custom_fields_by_lua`), in the log phase.

        Raises:
            LuaError: the expression failed.
        """
        with self._machine.host.serving(Served(exchange, "log", {}, self._node_id)):
            result = self._machine.pdk.evaluate(values.encode(code), f"={name}")
        if result.problem is not None:
            raise LuaError(result.problem)
        return values.to_python(result.value)


@dataclass(frozen=True)
class _Machine:
    host: Host
    pdk: LuaValue
    """What pdk.lua returns."""


@cache
def _machine() -> _Machine:
    """The machine of this process.

    It is never let go: the machine holds Python functions that hold the machine, and lupa 2.8 crashes
    when Python's collector takes such a circle apart.
    """
    machine = _luajit.LuaRuntime(
        encoding="latin-1",
        unpack_returned_tuples=True,
        register_eval=False,
        register_builtins=False,
        attribute_filter=_no_attributes,
    )
    host = Host(machine)
    environment = machine.execute(_source("sandbox.lua"))
    load = machine.eval("function(code, ...) return load(code, '=pdk')(...) end")
    return _Machine(host, load(_source("pdk.lua"), machine.table_from(host.functions()), environment))


def _source(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="ascii")


def _no_attributes(_target: object, _name: object, _setting: object) -> NoReturn:
    raise AttributeError("Lua code has no access to Python objects")
