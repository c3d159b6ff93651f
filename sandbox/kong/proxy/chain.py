"""Runs the plugins of an exchange, phase by phase (Kong: kong/init.lua, kong/runloop/plugins_iterator.lua)."""

import logging
from collections.abc import Iterator, Sequence

from sandbox.kong.proxy.configuration import Configuration
from sandbox.kong.proxy.exchange import Answer, Exchange, Exit
from sandbox.kong.proxy.handler import Call, Handler, Node

_log = logging.getLogger(__name__)

UNEXPECTED = {"message": "An unexpected error occurred"}
"""What a client sees of a plugin that failed (Kong: kong/init.lua, execute_collecting_plugins_iterator)."""


class Chain:
    """The plugins of one exchange; which they are is settled one by one in the access phase."""

    def __init__(
        self, handlers: Sequence[Handler], exchange: Exchange, configuration: Configuration, node: Node
    ) -> None:
        self._handlers = handlers
        self._exchange = exchange
        self._configuration = configuration
        self._node = node
        self._collected: list[tuple[Handler, Call]] | None = None

    def rewrite(self) -> Answer | None:
        """Run global plugins before routing; an answer ends the request."""
        for handler, call in self._applying(global_only=True):
            try:
                handler.rewrite(call)
            except Exit as exit_:
                return exit_.answer
            except Exception:
                return _failed(handler)
        return None

    async def access(self) -> Answer | None:
        """Run the plugins that apply; the first answer wins, later plugins only filter and log.

        A plugin is looked up when its turn comes, so that one of a consumer applies as soon as an
        authentication plugin has found the consumer.
        """
        answer: Answer | None = None
        collected: list[tuple[Handler, Call]] = []
        for handler, call in self._applying(global_only=False):
            collected.append((handler, call))
            if answer is None:
                answer = await _access(handler, call)
        self._collected = collected
        return answer

    def header_filter(self) -> Answer | None:
        """Run the plugins on the response's headers; an answer replaces the response."""
        for handler, call in self._downstream():
            try:
                handler.header_filter(call)
            except Exit as exit_:
                return exit_.answer
            except Exception:
                return _failed(handler)
        return None

    def body_filters(self) -> list[tuple[Handler, Call]]:
        """The plugins that want the whole body."""
        return [(handler, call) for handler, call in self._downstream() if handler.filters_body(call)]

    async def log(self) -> None:
        """Run the plugins after the response; what fails is logged and harms nobody."""
        for handler, call in self._downstream():
            try:
                await handler.log(call)
            except Exception:
                _log.exception("plugin %s failed in its log phase", handler.name)

    def _downstream(self) -> list[tuple[Handler, Call]]:
        """What was collected; without a route, the global plugins."""
        if self._collected is None:
            self._collected = list(self._applying(global_only=True))
        return self._collected

    def _applying(self, *, global_only: bool) -> Iterator[tuple[Handler, Call]]:
        for handler in self._handlers:
            route, service, consumer = (None, None, None) if global_only else self._scope()
            plugin = self._configuration.plugin(handler.name, route, service, consumer)
            if plugin is not None:
                yield handler, Call(self._exchange, plugin, self._configuration, self._node)

    def _scope(self) -> tuple[str | None, str | None, str | None]:
        entities = (self._exchange.route, self._exchange.service, self._exchange.consumer)
        route, service, consumer = (entity["id"] if entity else None for entity in entities)
        return route, service, consumer


async def _access(handler: Handler, call: Call) -> Answer | None:
    try:
        await handler.access(call)
    except Exit as exit_:
        return exit_.answer
    except Exception:
        return _failed(handler)
    return None


def _failed(handler: Handler) -> Answer:
    _log.exception("plugin %s failed", handler.name)
    return Answer.json(500, UNEXPECTED)
