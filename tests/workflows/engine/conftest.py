from tests.e2e.engine.conftest import binary, cluster, control_plane, engine, kong, kong_ports, objects, project

__all__ = ["binary", "cluster", "control_plane", "engine", "kong", "kong_ports", "objects", "project"]
