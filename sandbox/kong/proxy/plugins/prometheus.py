"""prometheus (Kong: kong/plugins/prometheus)."""

from typing import ClassVar

from typing_extensions import override

from sandbox.kong.proxy.handler import Call, Handler
from sandbox.kong.proxy.log_serializer import serialize


class Prometheus(Handler):
    """Counts requests of matched routes; `/metrics` shows them."""

    name: ClassVar[str] = "prometheus"
    priority: ClassVar[int] = 13

    @override
    async def log(self, call: Call) -> None:
        route, service, response = call.exchange.route, call.exchange.service, call.exchange.response
        if route is None or response is None:
            return
        config, metrics, entry = call.config, call.node.metrics, serialize(call.exchange)
        consumer = entry.get("consumer", {}).get("username", "") if config["per_consumer"] else ""
        place = {
            "service": (service.get("name") or service["host"]) if service else "",
            "route": route.get("name") or route["id"],
        }
        if config["bandwidth_metrics"]:
            for direction, size in (("ingress", entry["request"]["size"]), ("egress", entry["response"]["size"])):
                labels = {**place, "direction": direction, "workspace": "default", "consumer": consumer}
                metrics.count("bandwidth_bytes", labels, size)
        if config["status_code_metrics"]:
            source = "service" if response.source == "service" else "kong"
            labels = {**place, "code": str(response.status), "source": source}
            metrics.count("http_requests_total", {**labels, "workspace": "default", "consumer": consumer})
        if config["latency_metrics"]:
            names = {"request": "request_latency_ms", "proxy": "upstream_latency_ms", "kong": "kong_latency_ms"}
            for part, name in names.items():
                if entry["latencies"][part] >= 0:
                    metrics.observe(name, {**place, "workspace": "default"}, entry["latencies"][part])
