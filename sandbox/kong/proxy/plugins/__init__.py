"""The plugins that the stand-in enforces, one module each."""

from sandbox.kong.proxy.handler import Handler
from sandbox.kong.proxy.plugins.acl import Acl
from sandbox.kong.proxy.plugins.basic_auth import BasicAuth
from sandbox.kong.proxy.plugins.bot_detection import BotDetection
from sandbox.kong.proxy.plugins.correlation_id import CorrelationId
from sandbox.kong.proxy.plugins.cors import Cors
from sandbox.kong.proxy.plugins.functions import PostFunction, PreFunction
from sandbox.kong.proxy.plugins.ip_restriction import IpRestriction
from sandbox.kong.proxy.plugins.jwt import Jwt
from sandbox.kong.proxy.plugins.key_auth import KeyAuth
from sandbox.kong.proxy.plugins.logging_plugins import FileLog, HttpLog
from sandbox.kong.proxy.plugins.prometheus import Prometheus
from sandbox.kong.proxy.plugins.rate_limiting import RateLimiting
from sandbox.kong.proxy.plugins.request_size_limiting import RequestSizeLimiting
from sandbox.kong.proxy.plugins.request_termination import RequestTermination
from sandbox.kong.proxy.plugins.request_transformer import RequestTransformer
from sandbox.kong.proxy.plugins.response_ratelimiting import ResponseRateLimiting
from sandbox.kong.proxy.plugins.response_transformer import ResponseTransformer

_CLASSES: tuple[type[Handler], ...] = (
    Acl,
    BasicAuth,
    BotDetection,
    CorrelationId,
    Cors,
    FileLog,
    HttpLog,
    IpRestriction,
    Jwt,
    KeyAuth,
    PostFunction,
    PreFunction,
    Prometheus,
    RateLimiting,
    RequestSizeLimiting,
    RequestTermination,
    RequestTransformer,
    ResponseRateLimiting,
    ResponseTransformer,
)

PLUGIN_NAMES = frozenset(handler.name for handler in _CLASSES)
"""Plugins that do something here; others may be configured and are ignored."""


def handlers() -> list[Handler]:
    """New handlers in the order in which Kong runs them."""
    return sorted((handler() for handler in _CLASSES), key=lambda handler: -handler.priority)
