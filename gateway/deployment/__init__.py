"""Deployments in workflows: what the engine previewed is what it does, and no more."""
