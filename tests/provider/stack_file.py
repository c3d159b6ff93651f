"""A stack file whose entities are of every kind and on every scope, to be changed by tests."""

import copy

from entities.further import GUARDS
from tests.contract.test_plugin_models import LEAST
from tests.program.stacks import authenticated_by, stack_document
from tests.provider.plugin_configs import ONLY_GLOBAL, UNKNOWN, WITHOUT_A_MODEL
from tests.provider.program import Document

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
    return document


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
