"""Typed models of plugin configurations, one a module, by the plugin's name in Kong."""

from collections.abc import Mapping
from types import MappingProxyType

from entities.plugins.acl import Acl
from entities.plugins.base import PluginConfig
from entities.plugins.basic_auth import BasicAuth
from entities.plugins.bot_detection import BotDetection
from entities.plugins.correlation_id import CorrelationId
from entities.plugins.cors import Cors
from entities.plugins.file_log import FileLog
from entities.plugins.http_log import HttpLog
from entities.plugins.ip_restriction import IpRestriction
from entities.plugins.jwt import Jwt
from entities.plugins.key_auth import KeyAuth
from entities.plugins.oidc import Oidc
from entities.plugins.openid_connect import OpenidConnect
from entities.plugins.opentelemetry import Opentelemetry
from entities.plugins.post_function import PostFunction
from entities.plugins.pre_function import PreFunction
from entities.plugins.prometheus import Prometheus
from entities.plugins.rate_limiting import RateLimiting
from entities.plugins.redis import Redis
from entities.plugins.request_size_limiting import RequestSizeLimiting
from entities.plugins.request_termination import RequestTermination
from entities.plugins.request_transformer import RequestTransformer
from entities.plugins.response_transformer import ResponseTransformer

_MODELS: tuple[type[PluginConfig], ...] = (
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
    Oidc,
    OpenidConnect,
    Opentelemetry,
    PostFunction,
    PreFunction,
    Prometheus,
    RateLimiting,
    RequestSizeLimiting,
    RequestTermination,
    RequestTransformer,
    ResponseTransformer,
)

MODELS: Mapping[str, type[PluginConfig]] = MappingProxyType({model.plugin: model for model in _MODELS})
"""The models by plugin name. A plugin without one is checked and completed by Kong's schema alone."""

__all__ = [
    "MODELS",
    "Acl",
    "BasicAuth",
    "BotDetection",
    "CorrelationId",
    "Cors",
    "FileLog",
    "HttpLog",
    "IpRestriction",
    "Jwt",
    "KeyAuth",
    "Oidc",
    "OpenidConnect",
    "Opentelemetry",
    "PluginConfig",
    "PostFunction",
    "PreFunction",
    "Prometheus",
    "RateLimiting",
    "Redis",
    "RequestSizeLimiting",
    "RequestTermination",
    "RequestTransformer",
    "ResponseTransformer",
]
