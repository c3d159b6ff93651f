"""HTTP header fields with the lookups that nginx and Kong's PDK make on them."""

from collections.abc import Iterable, Iterator

MAX_READ = 100
"""Header lines that `kong.request.get_headers()` reads by default (Kong: lua_max_req_headers)."""


class Headers:
    """An ordered list of header lines; names compare without case, values are Latin-1 text."""

    def __init__(self, lines: Iterable[tuple[str, str]] = ()) -> None:
        self._lines = list(lines)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._lines)

    def __contains__(self, name: str) -> bool:
        return bool(self.all(name))

    def all(self, name: str) -> list[str]:
        """Every value sent under this exact name (an underscore is not a dash here)."""
        wanted = name.lower()
        return [value for key, value in self._lines if key.lower() == wanted]

    def first(self, name: str) -> str | None:
        """The first value sent under this exact name."""
        return next(iter(self.all(name)), None)

    def variable(self, name: str) -> str | None:
        """Nginx's `$http_<name>`: dashes and underscores are one, several values are joined by `, `."""
        wanted = _variable_name(name)
        values = [value for key, value in self._lines if _variable_name(key) == wanted]
        return ", ".join(values) if values else None

    def get(self, name: str) -> str | None:
        """`kong.request.get_header`: the variable, unless it looks like several values.

        Then the first value among the first 100 lines that are spelled with dashes
        (Kong: kong/tools/http.lua, get_header).
        """
        value = self.variable(name)
        if value is None or ", " not in value:
            return value
        found = self.table().get(name.lower().replace("_", "-"))
        return found[0] if isinstance(found, list) else found

    def table(self, limit: int = MAX_READ) -> dict[str, str | list[str]]:
        """`kong.request.get_headers`: the first `limit` lines by lower-case name, repeated ones as lists."""
        table: dict[str, str | list[str]] = {}
        for name, value in self._lines[:limit]:
            key = name.lower()
            known = table.get(key)
            if known is None:
                table[key] = value
            else:
                table[key] = [*known, value] if isinstance(known, list) else [known, value]
        return table

    def set(self, name: str, value: str | list[str]) -> None:
        """Replace every line of this name, at the place of the first."""
        lines = [(name, one) for one in ([value] if isinstance(value, str) else value)]
        wanted = name.lower()
        at = next((i for i, (key, _) in enumerate(self._lines) if key.lower() == wanted), len(self._lines))
        kept = [line for line in self._lines if line[0].lower() != wanted]
        self._lines = kept[:at] + lines + kept[at:]

    def add(self, name: str, value: str) -> None:
        """Append one line."""
        self._lines.append((name, value))

    def remove(self, name: str) -> None:
        """Take out every line of this exact name."""
        wanted = name.lower()
        self._lines = [line for line in self._lines if line[0].lower() != wanted]

    def raw(self) -> list[tuple[bytes, bytes]]:
        """The lines as ASGI and httpx take them."""
        return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in self._lines]


def _variable_name(name: str) -> str:
    return name.lower().replace("-", "_")
