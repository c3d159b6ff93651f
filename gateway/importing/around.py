"""The sections of a stack file that are not about Kong's entities: where the stack lives and how its gateway runs."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal, cast

import yaml
from pydantic import JsonValue

from config.files import read_files, stack_file

Edition = Literal["oss", "enterprise"]
Mode = Literal["database", "dbless"]

_KEPT: Final = ("mode", "edition", "cluster", "platform", "database", "counters", "admin", "ingress")
_ENTERPRISE_IMAGE: Final = "kong/kong-gateway:3.9.1.0"


def sections_around(
    project: Path, stack: str, *, context: str | None, admin: str | None, edition: Edition, mode: Mode | None
) -> dict[str, JsonValue]:
    """What the stack's own file says already, and what the import must say at least.

    Raises:
        StackFileError, InvalidSettingsError: the stack has a file that cannot be read.
    """
    there = read_files(project, stack) if (project / stack_file(stack)).is_file() else {}
    sections: dict[str, JsonValue] = {key: there[key] for key in _KEPT if key in there}
    if mode is not None:
        sections["mode"] = mode
    if edition == "enterprise" and sections.get("edition") != "enterprise":
        platform = cast("dict[str, JsonValue]", sections.get("platform") or {})
        sections |= {"edition": edition, "platform": {"image": _ENTERPRISE_IMAGE} | platform}
    if context is not None or "cluster" not in sections:
        cluster = cast("dict[str, JsonValue]", sections.get("cluster") or {})
        sections["cluster"] = cluster | {"context": context or current_context() or "kind-omnify"}
    if admin is not None:
        sections["admin"] = {"access": "url", "url": admin}
    return sections


def current_context(environment: Mapping[str, str] = os.environ) -> str | None:
    """The context that the kubeconfig names as the current one."""
    first = environment.get("KUBECONFIG", "").split(os.pathsep)[0]
    file = Path(first) if first else Path.home() / ".kube" / "config"
    try:
        document: Any = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return None
    context = cast("dict[str, Any]", document).get("current-context") if isinstance(document, dict) else None
    return str(context) if context else None
