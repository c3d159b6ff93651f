"""What Kong's nodes have counted, as its prometheus plugin says it."""

# ruff: noqa: E501 (lines as Kong writes them)

import pytest

from management.reading.metrics import Counted, traffic_in

NODE = """\
# TYPE kong_http_requests_total counter
kong_http_requests_total{service="api",route="all",code="200",source="service",workspace="default",consumer="free-tier"} 90
kong_http_requests_total{service="api",route="all",code="429",source="kong",workspace="default",consumer="free-tier"} 7
kong_http_requests_total{service="api",route="all",code="429",source="service",workspace="default",consumer="pro-tier"} 2
kong_http_requests_total{service="api",route="all",code="404",source="service",workspace="default",consumer=""} 1
kong_http_requests_total{service="api",route="all",code="503",source="kong",workspace="default",consumer=""} 3
# TYPE kong_bandwidth_bytes counter
kong_bandwidth_bytes{service="api",route="all",direction="ingress",workspace="default",consumer="free-tier"} 100
kong_bandwidth_bytes{service="api",route="all",direction="egress",workspace="default",consumer="free-tier"} 300
# TYPE kong_request_latency_ms histogram
kong_request_latency_ms_bucket{service="api",route="all",workspace="default",le="25"} 50
kong_request_latency_ms_bucket{service="api",route="all",workspace="default",le="50"} 100
kong_request_latency_ms_bucket{service="api",route="all",workspace="default",le="+Inf"} 100
kong_request_latency_ms_count{service="api",route="all",workspace="default"} 100
kong_request_latency_ms_sum{service="api",route="all",workspace="default"} 2500
# TYPE kong_nginx_requests_total gauge
kong_nginx_requests_total{node_id="x",subsystem="http"} 5
"""


def test_what_a_node_counted_is_told_by_route_and_consumer() -> None:
    traffic = traffic_in([NODE])

    route = traffic.routes["all"]
    assert (route.requests, route.limited, route.client_errors, route.server_errors) == (103, 7, 3, 3)
    assert (route.ingress, route.egress) == (100, 300)
    assert (traffic.consumers["free-tier"].limited, traffic.consumers["pro-tier"].limited) == (7, 0)
    assert "" not in traffic.consumers
    assert traffic.services["api"].requests == 103


def test_several_nodes_are_added_up() -> None:
    assert traffic_in([NODE, NODE]).routes["all"].requests == 206
    assert traffic_in([NODE, NODE]).routes["all"].quantile(0.5) == 25.0


@pytest.mark.parametrize(("share", "milliseconds"), [(0.25, 12.5), (0.5, 25.0), (0.75, 37.5), (1.0, 50.0)])
def test_quantiles_are_those_of_promql(share: float, milliseconds: float) -> None:
    assert traffic_in([NODE]).routes["all"].quantile(share) == milliseconds


def test_beyond_the_last_bound_is_that_bound_and_nothing_is_nothing() -> None:
    assert Counted(buckets={10.0: 0, float("inf"): 4}).quantile(0.9) == 10.0
    assert Counted().quantile(0.9) is None
    assert not traffic_in([]).known
