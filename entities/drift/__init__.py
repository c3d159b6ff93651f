"""Where a live gateway is not what is declared: pure, from the desired state and a snapshot."""

from entities.drift.comparison import drift
from entities.drift.findings import Changed, Drift, FieldChange, Finding, Missing, Stray, Tie

__all__ = ["Changed", "Drift", "FieldChange", "Finding", "Missing", "Stray", "Tie", "drift"]
