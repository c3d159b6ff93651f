"""Which target a request goes to: round robin by weight over an upstream's targets."""

from collections import defaultdict
from itertools import count
from math import gcd

from sandbox.kong.proxy.store import Document

Address = tuple[str, int]


class NoTargetError(Exception):
    """The upstream has no target that takes requests."""


class Balancer:
    """Takes the targets of each upstream in turn. Health checks and hashing are left out."""

    def __init__(self) -> None:
        self._turns: defaultdict[str, count[int]] = defaultdict(count)

    def target(self, service: Document, upstreams: dict[str, list[Document]]) -> Address:
        """The address that a service's host and port stand for.

        Raises:
            NoTargetError: the host names an upstream without a target of positive weight.
        """
        host, port = service["host"], service.get("port") or 80
        targets = upstreams.get(host)
        if targets is None:
            return host, port
        wheel = _wheel(targets)
        if not wheel:
            raise NoTargetError(host)
        return wheel[next(self._turns[host]) % len(wheel)]


def _wheel(targets: list[Document]) -> list[Address]:
    """Each address as often as its weight says."""
    weighted = [(_address(target["target"]), target.get("weight", 100)) for target in targets]
    unit = gcd(*(weight for _, weight in weighted)) or 1
    return [address for address, weight in weighted for _ in range(weight // unit)]


def _address(target: str) -> Address:
    host, _, port = target.rpartition(":")
    return host.strip("[]"), int(port)
