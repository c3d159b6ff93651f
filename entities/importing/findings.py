"""What an import has to tell: what was left out, and what was changed on the way."""

from dataclasses import dataclass, field


@dataclass(frozen=True, order=True)
class Finding:
    """One thing to tell about one entity."""

    kind: str
    """Kong's name of its kind, or the part of a file that it is."""
    name: str
    """What people call it, or where it stands."""
    reason: str


@dataclass
class Findings:
    """Everything there is to tell, in the order in which it was found."""

    left_out: list[Finding] = field(default_factory=list[Finding])
    """What the settings do not say, and why."""
    converted: list[Finding] = field(default_factory=list[Finding])
    """What the settings say in other words than the source, and why."""

    def leave_out(self, kind: str, name: str, reason: str) -> None:
        """Tell that something is not imported."""
        self.left_out.append(Finding(kind, name, reason))

    def convert(self, kind: str, name: str, reason: str) -> None:
        """Tell that something was changed."""
        self.converted.append(Finding(kind, name, reason))
