"""bot-detection (Kong: kong/plugins/bot-detection/handler.lua), with Kong's commonest rules only."""

import re
from typing import ClassVar

from typing_extensions import override

from sandbox.kong.proxy.exchange import Exit
from sandbox.kong.proxy.handler import Call, Handler

_BOTS = re.compile(
    r"Twitterbot|facebookexternalhit|Googlebot|bingbot|AhrefsBot|Baiduspider|YandexBot|Slackbot|"
    r"(?:Go-http-client|okhttp|Python-urllib|Apache-HttpClient|axios|reqwest)[ /]|"
    r"[A-Za-z]+(?:[Bb]ot|[Ss]pider|[Cc]rawler|[Ss]craper)[ /]\d"
)


class BotDetection(Handler):
    """Refuses user agents that look like robots."""

    name: ClassVar[str] = "bot-detection"
    priority: ClassVar[int] = 2500

    @override
    async def access(self, call: Call) -> None:
        agent = call.exchange.request.headers.table().get("user-agent")
        if agent is None:
            return
        if isinstance(agent, list):
            raise Exit(call.exchange.error(400, "Only one User-Agent header allowed"))
        if any(re.search(rule, agent.strip()) for rule in call.config["allow"] or ()):
            return
        denied = any(re.search(rule, agent.strip()) for rule in call.config["deny"] or ())
        if denied or _BOTS.search(agent):
            raise Exit(call.exchange.error(403))
