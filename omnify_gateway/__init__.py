"""omnify-gateway for other Pulumi programs: what a gateway exports, and APIs of one's own on it.

These names, those of `omnify_gateway.platform` and `omnify_gateway.kong_provider`, and the fields of the outputs are
what semantic versions speak of. The packages below are the project's own, and may change at any time.
"""

from components.outputs import CONTRACT_VERSION, GatewayOutputs, OutputsError
from components.tracked.apis import GatewayApis
from config.apis import Access, Api, Route, Timeouts
from config.tiers import Limits
from config.version import VERSION

__version__ = VERSION
__all__ = [
    "CONTRACT_VERSION",
    "Access",
    "Api",
    "GatewayApis",
    "GatewayOutputs",
    "Limits",
    "OutputsError",
    "Route",
    "Timeouts",
    "__version__",
]
