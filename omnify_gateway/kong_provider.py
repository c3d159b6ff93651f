"""The Kong provider for the engine, out of this package: what the two lines of a program's plugin folder start."""

from provider.process import run

__all__ = ["run"]
