"""The stage on one machine: the real Temporal server, real workers, and stand-ins of what their activities call."""
