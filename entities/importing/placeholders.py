"""decK's placeholders for environment variables: `${{ env "DECK_NAME" }}` anywhere in the text of a file.

decK: go-database-reconciler, pkg/file/template.go. It puts the values in before it reads the YAML; so is done here for
variables that are set. One that is not set becomes a secret of the stack where it is the whole of a text.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from entities.secret import secret_reference

_PLACEHOLDER: Final = re.compile(r"""\$\{\{\s*env\s+\\?["`](\w+)\\?["`]\s*(?:\|[^}]*)?\}\}""")
_MARK: Final = re.compile("\u27e6(\\w+)\u27e7")


def with_variables(text: str, environment: Mapping[str, str]) -> str:
    """A file's text with the values of its variables; those that are not set are marked."""
    return _PLACEHOLDER.sub(lambda match: environment.get(match[1], f"\u27e6{match[1]}\u27e7"), text)


def with_secrets(value: Any) -> Any:  # noqa: ANN401 (JSON)
    """A document in which a text that is one unset variable refers to a secret of the same name."""
    if isinstance(value, dict):
        return {key: with_secrets(item) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [with_secrets(item) for item in cast("list[Any]", value)]
    match = _MARK.fullmatch(value) if isinstance(value, str) else None
    return secret_reference(secret_name(match[1])) if match else value


def secret_name(variable: str) -> str:
    """What the secret of a variable is called: `DECK_PARTNER_KEY` is `partner-key`."""
    return variable.removeprefix("DECK_").lower().replace("_", "-").strip("-") or variable.lower()


def unset_variables(value: object) -> Iterator[str]:
    """The variables whose values a document would need in the middle of its texts."""
    if isinstance(value, dict):
        for item in cast("dict[str, object]", value).values():
            yield from unset_variables(item)
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            yield from unset_variables(item)
    elif isinstance(value, str):
        yield from (match[1] for match in _MARK.finditer(value))
