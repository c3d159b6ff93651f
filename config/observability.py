"""`observability:` metrics and request logs."""

from config.settings import Settings


class Prometheus(Settings):
    """What Kong counts (Kong: the prometheus plugin)."""

    per_consumer: bool = True
    """Count requests by tier as well: one series a tier, so it stays small."""
    latency: bool = True
    bandwidth: bool = True
    status_codes: bool = True
    upstream_health: bool = True


class Observability(Settings):
    """What the gateway tells about itself."""

    prometheus: Prometheus | None = Prometheus()
    """`null` turns metrics off."""
    access_log: bool = True
    """One JSON line for each request on standard output, without credentials."""
