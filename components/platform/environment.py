"""A container's environment: plain values, and values that only a Kubernetes Secret knows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi_kubernetes as k8s

from config.counters import SecretKey


@dataclass(frozen=True)
class Environment:
    """Environment variables by name."""

    values: Mapping[str, str] = field(default_factory=dict[str, str])
    secrets: Mapping[str, SecretKey] = field(default_factory=dict[str, SecretKey])
    """Where the value of each secret variable is, in the pod's namespace."""

    def __or__(self, other: "Environment") -> "Environment":
        """Both; the other's where both have a variable."""
        return Environment({**self.values, **other.values}, {**self.secrets, **other.secrets})

    def variables(self) -> list[k8s.core.v1.EnvVarArgs]:
        """As a container has them, ordered by name so that the same environment is always the same list."""
        plain = {name: k8s.core.v1.EnvVarArgs(name=name, value=value) for name, value in self.values.items()}
        secret = {name: _from_secret(name, key) for name, key in self.secrets.items()}
        return [variable for _, variable in sorted((plain | secret).items())]

    def facts(self) -> Mapping[str, object]:
        """What to hash, when a name must change with the environment."""
        return {
            "values": dict(self.values),
            "secrets": {name: [key.name, key.key] for name, key in self.secrets.items()},
        }


def _from_secret(name: str, key: SecretKey) -> k8s.core.v1.EnvVarArgs:
    selector = k8s.core.v1.SecretKeySelectorArgs(name=key.name, key=key.key)
    return k8s.core.v1.EnvVarArgs(name=name, value_from=k8s.core.v1.EnvVarSourceArgs(secret_key_ref=selector))
