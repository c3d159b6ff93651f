"""`python -m management.reference`: the page docs/management-api.md, from endpoints and permissions themselves."""

import sys
from collections.abc import Iterator
from typing import Any, Final

from management.access.roles import LOWEST, Permission, Role
from management.application import application
from management.settings import ManagementSettings

_INTRODUCTION: Final = """# The management API: who may do what
`make generate` writes this page from the application itself, whose tests ask every endpoint with every role.
[The management API](management.md) says how it is used.

"""
_DOES: Final = {
    Permission.READ: "look at health, overview, configuration, statistics, operations",
    Permission.PREVIEW: "ask what a change would do (`dryRun=true`)",
    Permission.SETUP: "bring the gateway to its declared state",
    Permission.DECLARE_SERVICES: "add and change services",
    Permission.DECLARE_ROUTES: "add and change routes",
    Permission.DECLARE_CONSUMERS: "add and change tiers with their limits",
    Permission.DECLARE_PLUGINS: "add and change plugins: they may let requests pass, or run Lua",
    Permission.DECLARE_ACL_GROUPS: "add and change who is in which group, and so who may pass",
    Permission.REMOVE: "remove whatever is declared",
}


def page() -> str:
    """The page."""
    return f"{_INTRODUCTION}{''.join(_permissions())}{''.join(_endpoints())}{''.join(_settings())}"


def _permissions() -> Iterator[str]:
    ranks = list(Role)
    yield f"## Permissions\n| To | {' | '.join(f'`{role.value}`' for role in ranks)} |\n|---|{'---|' * len(ranks)}\n"
    for permission, lowest in LOWEST.items():
        marks = ("yes" if ranks.index(role) >= ranks.index(lowest) else "–" for role in ranks)  # noqa: RUF001 (a dash)
        yield f"| {_DOES[permission]} | {' | '.join(marks)} |\n"


def _endpoints() -> Iterator[str]:
    document: dict[str, Any] = application(ManagementSettings()).openapi()
    yield "\n## Endpoints\n| Endpoint | What it does | Lowest role |\n|---|---|---|\n"
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            role = operation.get("x-lowest-role")
            yield f"| `{method.upper()} {path}` | {operation['summary']} | {f'`{role}`' if role else 'no token'} |\n"


def _settings() -> Iterator[str]:
    yield "\n## Settings\nOne variable of the environment each; lists are JSON.\n| Variable | What it is | Default |\n"
    yield "|---|---|---|\n"
    for name, field in ManagementSettings.model_fields.items():
        text = " ".join((field.description or "").split())
        default = "–" if field.default is None else f"`{_default(field.default)}`"  # noqa: RUF001 (a dash)
        yield f"| `MANAGEMENT_{name.upper()}` | {text} | {default} |\n"


def _default(value: object) -> str:
    if value == ManagementSettings.model_fields["state"].default:
        return ".management"
    return "[]" if value == () else str(value)


if __name__ == "__main__":
    sys.stdout.write(page())
