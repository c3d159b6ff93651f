from tests.unit.proxy.harness import backend, gateway

__all__ = ["backend", "gateway"]
