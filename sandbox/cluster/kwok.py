"""kwok's configuration: how what it fakes behaves, and which pod ports lead to this machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

_STAGES = Path(__file__).parent / "stages.yaml"


@dataclass(frozen=True)
class PortMapping:
    """A port of every pod, and the process on this machine that answers there.

    kwok's pods run nothing; `kubectl port-forward` and whatever else goes through the API server's
    `portforward` reaches the target instead.
    """

    pod_port: int
    port: int
    address: str = "127.0.0.1"


def configuration(mappings: Sequence[PortMapping]) -> str:
    """Give the file for kwok's `--config`.

    A port that no mapping names is refused when it is forwarded.
    """
    forwards = [
        {"ports": [mapping.pod_port], "target": {"address": mapping.address, "port": mapping.port}}
        for mapping in mappings
    ]
    port_forward = {
        "apiVersion": "kwok.x-k8s.io/v1alpha1",
        "kind": "ClusterPortForward",
        "metadata": {"name": "to-this-machine"},
        "spec": {"forwards": forwards},
    }
    return _STAGES.read_text() + "---\n" + yaml.safe_dump(port_forward, sort_keys=False)
