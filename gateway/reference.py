"""`python -m gateway settings`: docs/settings.md, every setting of the stack files as the models have it."""

import re
import sys
from collections.abc import Iterator

from config.effects import EFFECTS
from config.reference import Part, Setting, parts


def settings_command() -> None:
    """Print every setting: what it takes, its default, and what it does (docs/settings.md)."""
    sys.stdout.write(reference())


def reference() -> str:
    """The settings as a document."""
    every = list(parts())
    rows = "".join(_section_row(part) for part in every if part.section)
    return f"{_INTRODUCTION}{rows}" + "".join(_chapter(part) for part in every)


def anchor(title: str) -> str:
    """How a link names a heading, as GitHub does it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _section_row(part: Part) -> str:
    first = part.meaning.partition("\n\n")[0]
    return f"| [`{part.title}`](#{anchor(part.title)}) | {_in_a_row(first)} |\n"


def _chapter(part: Part) -> str:
    heading = f"\n{'##' if part.section else '###'} {part.title}\n{part.meaning}\n"
    effect = EFFECTS.get(part.title) if part.section else None
    heading += f"\n*What it does:* {effect}\n" if effect else ""
    if not part.settings:
        return heading if part.section else f"{heading}\nIt has no further keys.\n"
    return f"{heading}\n| Key | What it takes | Left out | What it is |\n|---|---|---|---|\n{''.join(_rows(part))}"


def _rows(part: Part) -> Iterator[str]:
    for setting in part.settings:
        meaning = "As above." if setting.path == part.title else _meaning(setting)
        yield f"| `{setting.path}` | {_in_a_row(setting.type)} | {_left_out(setting)} | {meaning} |\n"


def _left_out(setting: Setting) -> str:
    if setting.default is not None:
        return f"`{_in_a_row(setting.default)}`"
    if setting.below:
        return "*as below*"
    return "*needed*" if setting.needed else "–"  # noqa: RUF001 (a dash on purpose)


def _meaning(setting: Setting) -> str:
    effect = EFFECTS.get(setting.path) if "." in setting.path else None
    return _in_a_row(" ".join(filter(None, (setting.meaning, effect and f"*{effect}*"))))


def _in_a_row(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


_INTRODUCTION = """# The settings
Every key that a stack file may have, as the models in `config/` have it; `python -m gateway settings` prints this page.
Keys stand under `config:` with `omnify-gateway:` before them, in `Pulumi.<stack>.yaml` as they are and in `Pulumi.yaml`
below `value:`. A stack's key replaces the same key of `Pulumi.yaml` as a whole.

In the tables `[]` stands for each item of a list and `<name>` for each key of a mapping. *needed* is what must be there
when what is around it is; a dash is what is simply not there when left out.

| Section | What it is |
|---|---|
"""
