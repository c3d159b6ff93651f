"""A team's own program: its service, and its routes and limits on the gateway that another stack deploys."""

import pulumi
import pulumi_kong
import pulumi_kubernetes as k8s
from pulumi import ResourceOptions
from workload import Workload

from omnify_gateway import Access, Api, GatewayApis, GatewayOutputs, Limits, Route

config = pulumi.Config()
gateway = GatewayOutputs.from_stack(config.require("gateway"))

cluster = k8s.Provider("cluster", context=gateway.context)
workload = Workload(
    "reports", gateway=gateway, image=config.require("image"), opts=ResourceOptions(providers=[cluster])
)

apis = GatewayApis(
    "reports",
    gateway=gateway,
    provider=pulumi_kong.Provider("kong", kong_admin_uri=gateway.admin_address),
    apis=[
        Api(
            name="reports",
            routes=(
                Route(
                    name="reports-read",
                    paths=("/api/reports/",),
                    methods=("GET", "HEAD"),
                    access=Access(groups=("free", "pro", "enterprise")),
                ),
                Route(
                    name="reports-write",
                    paths=("/api/reports/",),
                    methods=("POST",),
                    access=Access(groups=("enterprise",)),
                    max_body=1,
                ),
                Route(
                    name="reports-status",
                    paths=("/api/reports/status",),
                    methods=("GET", "HEAD"),
                    access=Access(public="Status pages ask without a token."),
                ),
            ),
        )
    ],
    backends={"reports": workload.url},
    # A report takes seconds to make. All other tiers have their limits of the whole gateway.
    limits={"free": Limits(minute=5, hour=60, day=300)},
)

pulumi.export("urls", apis.urls)
