"""Runs the Lua of pre- and post-functions on LuaJIT, in Kong's default sandbox, with a part of its PDK."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol, cast

import lupa.luajit21 as luajit

from sandbox.kong.proxy.exchange import Exchange, Exit
from sandbox.kong.proxy.lua import values
from sandbox.kong.proxy.lua.pdk import Host


class LuaError(Exception):
    """Lua code failed; the message is Lua's own."""


class _Pdk(Protocol):
    """What pdk.lua returns."""

    compile: Callable[[str, str], Any]
    run: Callable[[Any], str | None]
    evaluate: Callable[[str, str], tuple[Any, str | None] | Any]


class LuaFunction:
    """One entry of a pre- or post-function's phase, compiled."""

    def __init__(self, runtime: "LuaRuntime", function: Any, code: str) -> None:
        self._runtime = runtime
        self._function = function
        self.reads_body = "get_raw_body" in code or "get_body" in code
        """Whether the request's body must be there before it runs."""

    def __call__(self, exchange: Exchange, phase: str, context: dict[str, Any]) -> None:
        """Run for an exchange.

        Raises:
            Exit: the function answered the request.
            LuaError: the function failed.
        """
        self._runtime.run(self._function, exchange, phase, context)


class LuaRuntime:
    """One LuaJIT machine. It is not made for threads: the proxy runs it in its event loop only."""

    def __init__(self, *, node_id: str) -> None:
        machine = luajit.LuaRuntime(
            encoding="latin-1",
            unpack_returned_tuples=True,
            register_eval=False,
            register_builtins=False,
            attribute_filter=_no_attributes,
        )
        self._host = Host(machine, node_id=node_id)
        environment: Any = machine.execute(_source("sandbox.lua"))
        load = cast("Callable[..., _Pdk]", machine.eval("function(code, ...) return load(code, '=pdk')(...) end"))
        self._pdk = load(
            _source("pdk.lua"), machine.table_from(cast("Mapping[Any, Any]", self._host.functions())), environment
        )

    def compile(self, code: str, name: str) -> LuaFunction:
        """Compile a function as the `pre-function` plugin does.

        Raises:
            LuaError: a syntax error.
        """
        try:
            function = self._pdk.compile(values.encode(code), f"={name}")
        except luajit.LuaError as problem:
            raise LuaError(str(problem)) from problem
        return LuaFunction(self, function, code)

    def run(self, function: Any, exchange: Exchange, phase: str, context: dict[str, Any]) -> None:
        """Run a compiled function; see `LuaFunction`."""
        with self._host.serving(exchange, phase, context) as served:
            problem = self._pdk.run(function)
        if served.answer is not None:
            raise Exit(served.answer)
        if problem is not None:
            raise LuaError(problem)

    def evaluate(self, code: str, name: str, exchange: Exchange) -> Any:
        """The value of a log expression (`custom_fields_by_lua`), in the log phase.

        Raises:
            LuaError: the expression failed.
        """
        with self._host.serving(exchange, "log", {}):
            result = self._pdk.evaluate(values.encode(code), f"={name}")
        value, problem = cast("tuple[Any, str | None]", result) if isinstance(result, tuple) else (result, None)
        if problem is not None:
            raise LuaError(problem)
        return values.to_python(value)


def _source(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="ascii")


def _no_attributes(_object: object, _name: object, _setting: bool) -> str:  # noqa: FBT001 -- lupa's signature
    raise AttributeError("Lua code has no access to Python objects")
