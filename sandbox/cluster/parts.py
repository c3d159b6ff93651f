"""The five parts of the control plane: their command lines, and how to see that each is ready."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.cluster.certificates import Certificates
from sandbox.cluster.layout import Layout
from sandbox.cluster.supervisor import Program

NAMES = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok")
"""The parts, in the order in which they start."""

Flags = Mapping[str, object]


@dataclass(frozen=True)
class Part:
    """One part, and how to see that it is ready."""

    program: Program

    health: str
    """A URL that then answers 200 to the control plane's administrator."""


class Parts:
    """All parts of one control plane, as they would be started now."""

    def __init__(self, *, binary: Path, layout: Layout, ports: Mapping[str, int], certificates: Certificates) -> None:
        self._binary = binary
        self._layout = layout
        self._ports = ports
        self._certificates = certificates

    def all(self) -> list[Part]:
        """Give the parts in the order in which they start: the store, the API server, what talks to it."""
        parts = {
            "etcd": self._part("etcd", "/health", self._etcd()),
            "kube-apiserver": self._part("kube-apiserver", "/readyz", self._apiserver()),
            "kube-controller-manager": self._part("kube-controller-manager", "/healthz", self._controller_manager()),
            "kube-scheduler": self._part("kube-scheduler", "/healthz", self._client("kube-scheduler")),
            "kwok": self._part("kwok", "/healthz", self._kwok(), self._layout.kwok),
        }
        return [parts[name] for name in NAMES]

    def _part(self, name: str, health: str, flags: Flags, *reads: Path) -> Part:
        own_kubeconfig = flags.get("kubeconfig")
        program = Program(
            name=name,
            command=(str(self._binary), name, *(f"--{flag}={value}" for flag, value in flags.items())),
            # Nothing of the user's: etcd takes flags from variables, kwok its configuration from the home
            # directory, and a proxy has no business between parts on loopback.
            environment={"HOME": str(self._layout.state), "KWOK_WORKDIR": str(self._layout.state / "kwok")},
            log=self._layout.log(name),
            reads=(*reads, *([own_kubeconfig] if isinstance(own_kubeconfig, Path) else [])),
        )
        return Part(program=program, health=f"{self._url(name)}{health}")

    def _url(self, name: str) -> str:
        return f"https://127.0.0.1:{self._ports[name]}"

    def _etcd(self) -> Flags:
        server, authority = self._certificates.server, self._certificates.authority
        return {
            "name": "sandbox",
            "data-dir": self._layout.data,
            "listen-client-urls": self._url("etcd"),
            "advertise-client-urls": self._url("etcd"),
            "listen-peer-urls": self._url("etcd-peer"),
            "initial-advertise-peer-urls": self._url("etcd-peer"),
            "initial-cluster": f"sandbox={self._url('etcd-peer')}",
            "cert-file": server.certificate,
            "key-file": server.key,
            "trusted-ca-file": authority,
            "client-cert-auth": "true",
            "peer-cert-file": server.certificate,
            "peer-key-file": server.key,
            "peer-trusted-ca-file": authority,
            "peer-client-cert-auth": "true",
            # A rehearsal survives killed processes; it need not survive a power cut.
            "unsafe-no-fsync": "true",
            "log-level": "warn",
        }

    def _apiserver(self) -> Flags:
        authority, client = self._certificates.authority, self._certificates.apiserver
        return {
            **self._https("kube-apiserver"),
            # What pods would reach it at, of which none really runs; loopback is refused here.
            "advertise-address": "192.0.2.1",
            "endpoint-reconciler-type": "none",
            "client-ca-file": authority,
            "etcd-servers": self._url("etcd"),
            "etcd-cafile": authority,
            "etcd-certfile": client.certificate,
            "etcd-keyfile": client.key,
            "kubelet-certificate-authority": authority,
            "kubelet-client-certificate": client.certificate,
            "kubelet-client-key": client.key,
            "kubelet-preferred-address-types": "InternalIP",
            "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
            "service-account-key-file": self._certificates.service_account.certificate,
            "service-account-signing-key-file": self._certificates.service_account.key,
            "service-cluster-ip-range": "10.96.0.0/16,fd00:96::/112",
            "authorization-mode": "Node,RBAC",
            # Privileged pods are Pod Security's to refuse, namespace by namespace, as on real clusters.
            "allow-privileged": "true",
        }

    def _controller_manager(self) -> Flags:
        return {
            **self._client("kube-controller-manager"),
            "root-ca-file": self._certificates.authority,
            "service-account-private-key-file": self._certificates.service_account.key,
            "use-service-account-credentials": "true",
            # By default it makes a directory of the machine's.
            "flex-volume-plugin-dir": self._layout.state / "parts" / "volume-plugins",
        }

    def _client(self, name: str) -> Flags:
        return {
            **self._https(name),
            "kubeconfig": self._layout.part_kubeconfig(name),
            "leader-elect": "false",
            # By default 20 and 30 a second, with which the controllers' own accounts alone take four seconds.
            "kube-api-qps": 500,
            "kube-api-burst": 1000,
        }

    def _https(self, name: str) -> Flags:
        return {
            "bind-address": "127.0.0.1",
            "secure-port": self._ports[name],
            "tls-cert-file": self._certificates.server.certificate,
            "tls-private-key-file": self._certificates.server.key,
        }

    def _kwok(self) -> Flags:
        return {
            "config": self._layout.kwok,
            "kubeconfig": self._layout.part_kubeconfig("kwok"),
            "manage-all-nodes": "true",
            "server-address": f"127.0.0.1:{self._ports['kwok']}",
            # Nodes say that their kubelet, which is kwok's server, is there; without, nothing is forwarded.
            "node-ip": "127.0.0.1",
            "node-port": self._ports["kwok"],
            "tls-cert-file": self._certificates.server.certificate,
            "tls-private-key-file": self._certificates.server.key,
            "cidr": "10.244.0.0/16",
        }
