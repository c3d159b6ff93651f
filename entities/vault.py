"""Secrets by reference: Kong resolves `{vault://env/NAME}` from the environment of each of its nodes.

Kong: kong/vaults/env/init.lua. The environment comes from Kubernetes Secrets, so neither an entity nor the state has
the value.
"""


def environment_variable(name: str) -> str:
    """The environment variable in which Kong looks for the secret `name`: `redis-password` is `REDIS_PASSWORD`."""
    return name.replace("-", "_").upper()


def reference(name: str) -> str:
    """What an entity says instead of the secret `name`."""
    return f"{{vault://env/{name}}}"
