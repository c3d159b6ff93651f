"""`python -m gateway`: the project's commands."""

from gateway.commands import run

run()
