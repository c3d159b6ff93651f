from tests.cluster.conftest import binary, cluster, control_plane, namespace, objects

__all__ = ["binary", "cluster", "control_plane", "namespace", "objects"]
