"""Where a rehearsal keeps what it keeps: one folder beside Pulumi.yaml, which `make clean` removes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from gateway.recording import PROJECT


@dataclass(frozen=True)
class Layout:
    """The files of the rehearsals of one checkout."""

    root: Path = PROJECT / ".rehearsal"

    @property
    def cluster(self) -> Path:
        """The control plane's state directory."""
        return self.root / "cluster"

    @property
    def signing_key(self) -> Path:
        """The private key that stands for the realm's."""
        return self.root / "realm.pem"

    @property
    def ports(self) -> Path:
        """The ports of the stand-in and the backend, once they are chosen."""
        return self.root / "ports.json"

    @property
    def records(self) -> Path:
        """What the supervisor knows of running programs."""
        return self.root / "run"

    @property
    def logs(self) -> Path:
        """The logs of what runs."""
        return self.root / "logs"

    @property
    def log(self) -> Path:
        """What the latest run did, in full."""
        return self.logs / "rehearsal.log"

    @property
    def pulumi(self) -> Path:
        """The Pulumi CLI's local backend."""
        return self.root / "pulumi"

    def of_cluster(self) -> tuple[Path, ...]:
        """What says something about the control plane's content, and nothing once that is erased."""
        return tuple(self.root / name for name in ("rehearsed", "stacks", "kong", "outputs", "project", "pulumi"))

    @property
    def lock(self) -> Path:
        """Held by whoever brings a rehearsal up or down."""
        return self.root / "rehearsal.lock"

    def stack_file(self, stack: str) -> Path:
        """The stack file as the rehearsal applies it: commands read it with `--config-file`."""
        return self.root / "project" / f"Pulumi.{stack}.yaml"

    def keep(self, stack: str, document: Mapping[str, JsonValue]) -> None:
        """Remember what of a stack is rehearsed."""
        file = self._rehearsed(stack)
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(".partial")
        partial.write_text(json.dumps(document, indent=2))
        partial.replace(file)

    def kept(self, stack: str) -> dict[str, JsonValue] | None:
        """What of a stack was rehearsed last; None when there is nothing of it."""
        file = self._rehearsed(stack)
        return json.loads(file.read_text()) if file.exists() else None

    def stacks(self) -> tuple[str, ...]:
        """The stacks of which something is there."""
        return tuple(sorted(file.stem for file in (self.root / "rehearsed").glob("*.json")))

    def forget(self, stack: str) -> None:
        """Forget a stack of which nothing is left."""
        gone = (self.engine_state(stack), self.outputs(stack), self.entities(stack, "database"))
        for file in (*gone, self.entities(stack, "dbless"), self._rehearsed(stack)):
            file.unlink(missing_ok=True)

    def _rehearsed(self, stack: str) -> Path:
        return self.root / "rehearsed" / f"{stack}.json"

    def engine_state(self, stack: str) -> Path:
        """What the sandbox's engine applied."""
        return self.root / "stacks" / f"{stack}.json"

    def entities(self, stack: str, mode: str) -> Path:
        """What the stand-in holds."""
        return self.root / "kong" / f"{stack}-{mode}.json"

    def outputs(self, stack: str) -> Path:
        """The stack's outputs."""
        return self.root / "outputs" / f"{stack}.json"
