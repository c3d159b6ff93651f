"""The gateway under verification."""

from dataclasses import dataclass

from components.outputs import GatewayOutputs


@dataclass(frozen=True, kw_only=True)
class Target:
    """A deployed gateway and how to reach it."""

    outputs: GatewayOutputs
    """What the stack says of itself; every check follows from it."""
    url: str
    """Where requests go: scheme, host and port."""
    host: str
    """The Host header, and over TLS the server's name, so that the name need not resolve to `url`."""
    metrics_url: str | None = None
    """Where the metrics are; `/metrics` when the URL has no path."""
    why_no_metrics: str = "no address of the metrics was given"
    """The reason that is shown when `metrics_url` is None."""

    @property
    def past_the_ingress(self) -> bool:
        """Whether requests go to Kong in the clear while the gateway's callers use TLS, which the Ingress ends."""
        return self.outputs.urls.gateway.startswith("https:") and self.url.startswith("http:")
