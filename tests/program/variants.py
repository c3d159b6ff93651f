"""Stacks that together make every kind of object that this program can make."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from tests.program.stacks import section, stack_document

Sections = Mapping[str, JsonValue]


@dataclass(frozen=True)
class Variant:
    """A stack of the repository, some of its sections replaced."""

    stack: str
    sections: Sections

    def document(self, **more: JsonValue) -> dict[str, JsonValue]:
        """What its stack file says."""
        return stack_document(self.stack, **{**self.sections, **more})


_PATCHED: JsonValue = [
    {
        "kind": "Deployment",
        "name": "kong",
        "patch": {
            "spec": {
                "template": {
                    "spec": {
                        "initContainers": [
                            {
                                "name": "first",
                                "image": "first:1",
                                "resources": {
                                    "requests": {"cpu": "10m", "memory": "16Mi"},
                                    "limits": {"cpu": "100m", "memory": "64Mi"},
                                },
                            }
                        ],
                        "containers": [{"name": "kong", "env": [{"name": "TZ", "value": "UTC"}]}],
                    }
                }
            }
        },
    }
]
_WATCHED: JsonValue = {
    "scrape": {"by": "service-monitor"},
    "alerts": {"exporters": ["cert-manager", "kube-state-metrics"]},
    "dashboards": {"folder": "Gateways"},
    "tracing": {"endpoint": "http://collector.monitoring.svc:4318/v1/traces"},
}
_LOOPBACK: JsonValue = {
    "access": "loopback",
    "allowed": ["203.0.113.0/24"],
    "programs": {"pulumi": {"name": "kong-admin-keys", "key": "pulumi"}},
    "people": {"alice": {"name": "kong-people", "key": "alice"}},
}
MANAGED: dict[str, JsonValue] = {
    "image": "registry.example/omnify-management:0.1.0",
    "engine": {
        "backend": "s3://omnify-state?region=eu-north-1",
        "passphraseSecret": {"name": "pulumi", "key": "passphrase"},
    },
    "clients": ["omnify-management", "omnify-delivery"],
    "secrets": {"AWS_ACCESS_KEY_ID": {"name": "state", "key": "id"}},
}
_IN_CLUSTER: JsonValue = {"access": "in-cluster", "certificateSecret": "kong-admin-tls"}

VARIANTS: Mapping[str, Variant] = {
    **{
        f"{stack}-{mode}": Variant(stack, {"mode": mode})
        for stack in ("dev", "prod")
        for mode in ("database", "dbless")
    },
    "dev-bundled-and-patched": Variant(
        "dev",
        {
            "counters": {"policy": "redis", "kind": "bundled"},
            "platform": section("dev", "platform", patches=_PATCHED),
            "observability": _WATCHED,
            "management": MANAGED,
        },
    ),
    "prod-loopback": Variant(
        "prod",
        {
            "admin": _LOOPBACK,
            "ingress": section("prod", "ingress", managerAuth=None),
            "network": {"trustedProxies": ["10.0.0.0/8"]},
        },
    ),
    "prod-load-balancer": Variant(
        "prod",
        {
            "admin": _IN_CLUSTER,
            "management": MANAGED,
            "network": {"adminFrom": [{"namespace": "ops"}]},
            "proxyService": {"type": "LoadBalancer"},
            "ingress": section("prod", "ingress", tls={"by": "cert-manager", "issuer": {"name": "letsencrypt"}}),
        },
    ),
}
