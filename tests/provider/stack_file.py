"""A stack file whose entities are of every kind and on every scope, to be changed by tests."""

import copy

from entities.further import GUARDS
from tests.contract.test_plugin_models import LEAST
from tests.program.stacks import authenticated_by, stack_document
from tests.provider.plugin_configs import ONLY_GLOBAL, UNKNOWN, WITHOUT_A_MODEL
from tests.provider.program import Document
from tests.provider.stack import CERTIFICATE

PUBLIC = {"public": "Everybody may read it."}
ALL = {"groups": ["free", "pro", "enterprise"]}


def stack_file() -> Document:
    """Two APIs, one of them guarded as a whole, tiers with names of their own, and plugins on every kind of scope."""
    return copy.deepcopy(_FILE)


def changed_stack_file() -> Document:
    """The same stack after much work: other limits, and names and scopes that changed."""
    document = stack_file()
    shop, blog = document["apis"]
    free, _, enterprise = document["tiers"]
    plugins = document["plugins"]
    document["limits"] = {"minute": 500, "hour": 6000, "day": 60_000}
    shop["routes"][0]["name"] = "shop-purchases"
    shop["routes"].append(blog["routes"].pop())
    free["name"], enterprise["consumer"] = "basic", "companies"
    plugins[0] |= {"on": {"route": "shop-carts"}, "config": {"deny": [], "allow": ["10.0.0.0/8"]}}
    plugins[2] |= {"on": {"tier": "basic"}}
    del plugins[1]
    raw = document["entities"]
    raw["consumers"][0]["username"] = "associate"
    for kind in CREDENTIALS:
        raw[kind][0]["consumer"] = "associate" if kind in {"acls", "jwt_secrets"} else "other"
    raw["plugins"][1]["consumer"] = "other"
    raw["upstreams"][0]["name"] = raw["services"][0]["host"] = "orders-v2"
    raw["targets"] = [{"upstream": name, "target": "10.0.0.1:80"} for name in ("orders-v2", "spare")]
    raw["routes"][0] |= {"service": "shop", "methods": None, "hosts": []}
    return document


CREDENTIALS = ("acls", "jwt_secrets", "keyauth_credentials", "basicauth_credentials", "oauth2_credentials")
"""The kinds of what a consumer has."""


_FILE: Document = stack_document("dev") | {
    "backends": {"shop": "http://shop.example:8000", "blog": "http://blog.example:8000"},
    "apis": [
        {
            "name": "shop",
            "routes": [
                {"name": "shop-orders", "paths": ["/orders/"], "methods": ["GET", "POST"], "access": ALL},
                {"name": "shop-carts", "paths": ["/carts/"], "methods": ["GET"], "access": {"groups": ["pro"]}},
            ],
        },
        {
            "name": "blog",
            "routes": [
                {"name": "blog-posts", "paths": ["/posts/"], "methods": ["GET"], "access": PUBLIC},
                {"name": "blog-drafts", "paths": ["/drafts/"], "methods": ["GET"], "access": ALL, "maxBody": 2},
            ],
        },
    ],
    "tiers": [
        {"name": "free", "consumer": "free-customers", "group": "free"},
        {"name": "pro", "consumer": "pro-customers", "group": "pro", "times": 5},
        {"name": "enterprise", "times": 20},
    ],
    "plugins": [
        {"name": "ip-restriction", "on": {"service": "shop"}, "config": {"deny": ["192.0.2.1"], "allow": []}},
        {"name": "proxy-cache", "on": {"route": "blog-posts"}, "config": {"strategy": "memory"}},
        {"name": "request-termination", "on": {"tier": "free"}, "enabled": False},
        {"name": "response-transformer", "config": {"add": {"headers": ["x-a:1"]}, "remove": {"headers": ["server"]}}},
    ],
    "entities": {
        "certificates": [
            {"cert": CERTIFICATE, "key": "{secret://tls}", "snis": ["a.example", "b.example"]},
            {"cert": CERTIFICATE, "key": "{secret://tls}", "snis": ["z.example"]},
        ],
        "upstreams": [{"name": "orders", "algorithm": "least-connections"}, {"name": "spare"}],
        "targets": [
            {"upstream": "orders", "target": "10.0.0.1:80", "weight": 0},
            {"upstream": "orders", "target": "10.0.0.2:80"},
        ],
        "services": [{"name": "old", "host": "orders", "port": 80}],
        "routes": [
            {
                "name": "old-v1",
                "service": "old",
                "paths": ["/v1"],
                "hosts": ["a.example", "b.example"],
                "headers": {"x-version": ["1", "2"]},
                "methods": ["GET"],
            },
            {"name": "nowhere", "paths": ["/nowhere"]},
        ],
        "consumers": [{"username": "partner", "custom_id": "42"}, {"username": "other", "custom_id": "43"}],
        "acls": [{"consumer": "partner", "group": "partners"}],
        "jwt_secrets": [{"consumer": "partner", "key": "k", "algorithm": "HS256", "secret": "{secret://jwt}"}],
        "keyauth_credentials": [{"consumer": "partner", "key": "{secret://key}"}],
        "basicauth_credentials": [{"consumer": "partner", "username": "bob", "password": "{secret://basic}"}],
        "oauth2_credentials": [
            {
                "consumer": "partner",
                "name": "app",
                "client_id": "app",
                "client_secret": "{secret://oauth2}",
                "redirect_uris": ["https://a.example/", "https://b.example/"],
            }
        ],
        "plugins": [
            {"name": "key-auth", "route": "old-v1", "instance_name": "old-keys", "protocols": ["http", "https"]},
            {
                "name": "response-transformer",
                "consumer": "partner",
                "service": "old",
                "config": {"remove": {"headers": ["a", "b"]}},
            },
        ],
    },
}


def every_plugin_file() -> Document:
    """A stack with every plugin of Kong that `plugins:` may have, on a service where Kong runs it on one."""
    further = [
        {"name": plugin, "config": config} | ({} if plugin in ONLY_GLOBAL else {"on": {"service": "shop"}})
        for plugin, config in (LEAST | WITHOUT_A_MODEL).items()
        if plugin not in GUARDS
    ]
    return stack_file() | {"plugins": further}


def enterprise_stack_file() -> Document:
    """A stack of the other edition, with plugins of which only Kong has the schema."""
    further = [
        {"name": "rate-limiting-advanced", "on": {"service": "shop"}, "config": UNKNOWN["rate-limiting-advanced"]}
    ]
    return stack_file() | authenticated_by("openid-connect", "dev") | {"plugins": further}
