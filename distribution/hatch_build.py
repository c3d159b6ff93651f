"""Builds the wheel: this project's packages under one name, `omnify_gateway`.

Here they are top-level packages. In another program's environment such names are anybody's: a program's own `config.py`
would hide ours, and two distributions that bring a `provider` would overwrite one another. So the wheel has them below
the one name that is ours, and each import of one of them says so. docs/package.md tells what was weighed.
"""

import ast
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

PACKAGE: Final = "omnify_gateway"
PARTS: Final = ("components", "config", "entities", "gateway", "monitoring", "policies", "provider")
"""What goes below it."""
_OF_THE_REPOSITORY: Final = frozenset(
    {
        *("provider/PulumiPlugin.yaml", "provider/__main__.py", "provider/README.md"),
        *("policies/PulumiPolicy.yaml", "policies/__main__.py"),
    }
)
"""What the engine starts in the repository: a folder as a script, with the repository's environment."""


def contents(root: Path) -> Iterator[tuple[str, bytes]]:
    """The files of the package, by their path in the wheel."""
    for file in sorted((root / PACKAGE).rglob("*")):
        if _belongs(file):
            yield file.relative_to(root).as_posix(), _content(file)
    for part in PARTS:
        for file in sorted((root / part).rglob("*")):
            name = file.relative_to(root).as_posix()
            if _belongs(file) and name not in _OF_THE_REPOSITORY:
                yield f"{PACKAGE}/{name}", _content(file)


def _belongs(file: Path) -> bool:
    return file.is_file() and "__pycache__" not in file.parts


def _content(file: Path) -> bytes:
    if file.suffix != ".py":
        return file.read_bytes()
    try:
        return below_the_package(file.read_text("utf-8")).encode()
    except ValueError as error:
        raise ValueError(f"{file}: {error}") from error


def below_the_package(source: str) -> str:
    """A module as it is in the wheel: its imports, and the commands that its texts name.

    Raises:
        ValueError: an import has a form that cannot be told from another name.
    """
    lines = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import) and any(_is_part(name.name) for name in node.names):
            raise ValueError(f"line {node.lineno} imports a package by 'import'; write 'from … import …'")
        if isinstance(node, ast.ImportFrom) and node.level == 0 and _is_part(node.module or ""):
            line, start = lines[node.lineno - 1], node.col_offset
            imported = f"from {node.module}"
            if not line.startswith(imported, start):
                raise ValueError(f"line {node.lineno} is not '{imported} import …'")
            lines[node.lineno - 1] = f"{line[:start]}from {PACKAGE}.{line[start + len('from ') :]}"
    return "".join(lines).replace("python -m gateway", f"python -m {PACKAGE}")


def _is_part(module: str) -> bool:
    return module.partition(".")[0] in PARTS


class BuildHook(BuildHookInterface):  # pyright: ignore[reportMissingTypeArgument] (generic only inside hatchling)
    """Puts the package into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (hatchling's form)
        """Write the package into a folder of its own and have that included."""
        folder = self._folder = Path(tempfile.mkdtemp(prefix=f"{PACKAGE}-"))
        for name, content in contents(Path(self.root)):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        build_data["force_include"][str(folder / PACKAGE)] = PACKAGE

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 (as above)
        """Remove the folder."""
        shutil.rmtree(self._folder)


class MetadataHook(MetadataHookInterface):
    """Says what the package needs, where the rest of the project says it: in requirements.in."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the dependencies."""
        metadata["dependencies"] = requirements((Path(self.root) / "requirements.in").read_text("utf-8"))


def requirements(text: str) -> list[str]:
    """The requirements in a file, without its comments."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


def get_build_hook() -> type[BuildHook]:
    """The hook for hatchling."""
    return BuildHook


def get_metadata_hook() -> type[MetadataHook]:
    """The hook for hatchling."""
    return MetadataHook
