"""`network:` who may speak with the stack's pods, and with whom they may speak (Kubernetes: NetworkPolicy)."""

from pydantic import Field

from config.network import Destination, Peer
from config.settings import Settings


class Network(Settings):
    """The network policies: what is said here, what follows from the other sections, and nothing else."""

    enforced: bool = True
    """Whether there are policies at all."""
    monitoring_from: tuple[Peer, ...] = (Peer(namespace="monitoring"),)
    """Who may read metrics."""
    egress: tuple[Destination, ...] = Field(default=())
    """Where the workers connect to besides."""
