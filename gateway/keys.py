"""`python -m gateway keys`: the realm's published keys, kept in the repository.

The program reads the keys from a file, so that a preview needs no network and a change of them is reviewed. This
command writes the file from what the realm publishes, or compares the two.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, cast

import httpx
import typer
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError
from pydantic.alias_generators import to_camel
from rich.console import Console
from rich.text import Text

from config.auth import PROJECT
from config.files import read_files
from config.keys import UnsuitableKeyError, signing_keys
from config.vocabulary import Issuer

_FIELDS: Final = ("kid", "kty", "alg", "use", "n", "e")
"""What is kept of a key; the certificates beside it change without it."""
_DIFFERENT: Final = 2
"""The exit code of `--check` when the realm publishes other keys."""


_ADVICE: Final = {
    "issuer": "is missing; write the realm's URL, such as 'https://HOST/realms/REALM'",
    "jwksFile": "is missing; write for example 'keys/omnify.jwks.json', in place of signingKey",
}


class KeysError(Exception):
    """The keys cannot be had; the text says what to do."""


@dataclass(frozen=True)
class KeyFile:
    """Where a stack keeps its realm's keys, and where the realm publishes them."""

    issuer: str
    path: Path
    name: str
    """The file as the stack names it."""
    key_id: str | None
    """The key that the stack says signs."""
    seamless: bool
    """Whether all keys of the file verify tokens."""

    @property
    def url(self) -> str:
        """Keycloak's endpoint for a realm's keys."""
        return f"{self.issuer}/protocol/openid-connect/certs"


@dataclass(frozen=True)
class Comparison:
    """What the realm publishes, seen from what the file has."""

    wanted: str
    """The file as it should be."""
    kids: frozenset[str]
    """Every signing key that the realm publishes."""
    first: str
    """The one that it lists first: Keycloak lists keys by their priority, so this one signs unless it is passive."""
    added: frozenset[str]
    removed: frozenset[str]
    kept: frozenset[str]
    """Those that the file has and the realm still publishes."""
    same: bool
    """Whether the file is what it should be, to the byte."""


class _JwtAuth(BaseModel):
    """As much of a stack's `auth` as this needs: the whole is not valid as long as the file is missing."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore")

    issuer: Issuer
    jwks_file: str
    key_id: str | None = None
    rotation: str = "simple"


def key_file(document: Mapping[str, JsonValue], project: Path) -> KeyFile | None:
    """Where a stack keeps its keys, from its raw configuration; None when its kind of `auth` needs no file.

    Raises:
        KeysError: its `auth` does not say.
    """
    auth = document.get("auth")
    kind = auth.get("kind") if isinstance(auth, dict) else None
    if kind is None:
        raise KeysError("auth: has no kind; write 'kind: jwt' with issuer, audience and jwksFile")
    if kind != "jwt":
        return None
    try:
        settings = _JwtAuth.model_validate(auth)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"]))
        fault = _ADVICE[key] if first["type"] == "missing" else first["msg"].removeprefix("Value error, ")
        raise KeysError(f"auth.{key}: {fault}") from error
    path = (project / settings.jwks_file).resolve()
    if not path.is_relative_to(project.resolve()):
        raise KeysError(f"auth.jwksFile: {settings.jwks_file!r} is outside the project; write a path below it")
    return KeyFile(settings.issuer, path, settings.jwks_file, settings.key_id, seamless=settings.rotation == "seamless")


def published(url: str) -> str:
    """The key set that a realm publishes.

    Raises:
        KeysError: nothing answers, or something else does.
    """
    try:
        response = httpx.get(url, timeout=10)
    except httpx.HTTPError as error:
        raise KeysError(f"{url} does not answer ({error}); run this where the realm can be reached") from error
    if response.status_code != 200:
        raise KeysError(
            f"{url} answered {response.status_code}; "
            "write the realm's URL as auth.issuer, such as 'https://HOST/realms/REALM'"
        )
    return response.text


def normalised(jwks: str) -> str:
    """A published key set as the repository keeps it: its RS256 signing keys alone, by their `kid`.

    Raises:
        UnsuitableKeyError: it is no key set, or has no usable key.
    """
    signing = signing_keys(jwks)
    keys = cast("list[dict[str, str]]", json.loads(jwks)["keys"])
    chosen = {key["kid"]: {"alg": "RS256", "use": "sig"} | key for key in keys if key.get("kid") in signing}
    listed = [{field: chosen[kid][field] for field in _FIELDS} for kid in sorted(chosen)]
    return json.dumps({"keys": listed}, indent=2) + "\n"


def compared(there: str | None, published_keys: str) -> Comparison:
    """What differs between a file's content, None when there is none, and what a realm publishes.

    Raises:
        UnsuitableKeyError: what is published is no key set, or has no usable key.
    """
    wanted, listed = normalised(published_keys), tuple(signing_keys(published_keys))
    before, kids = _kids(there), frozenset(listed)
    return Comparison(wanted, kids, listed[0], kids - before, before - kids, kids & before, there == wanted)


def _kids(jwks: str | None) -> frozenset[str]:
    """The signing keys of a key set; none when it cannot be read, so that it is replaced."""
    try:
        return frozenset(signing_keys(jwks or ""))
    except UnsuitableKeyError:
        return frozenset()


def advice(key_id: str | None, found: Comparison) -> Iterator[str]:
    """What to do about these keys: what the stack file must say where it does not, or when to deploy."""
    names, first = ", ".join(sorted(found.kids)), found.first
    listed = f"{first} is listed first, as Keycloak does with the key that signs"
    if key_id is not None and key_id not in found.kids:
        yield f"auth.keyId is {key_id}, which the realm does not publish; write one of {names}"
    elif key_id is None and len(found.kids) > 1:
        count = len(found.kids)
        yield f"the realm publishes {count} keys; write auth.keyId with the one that signs: {names} ({listed})"
    elif key_id not in {None, first}:
        yield f"auth.keyId is {key_id}, but {listed}; if it does, write auth.keyId: {first}, or its tokens are refused"
    elif key_id is None and found.removed:
        gone = ", ".join(sorted(found.removed))
        yield f"until this is deployed, tokens that {first} signed are refused; afterwards those of {gone} are"


def seamless_advice(found: Comparison) -> Iterator[str]:
    """What to do about these keys where all of them verify tokens: when to deploy, and when to go on rotating."""
    before = found.kept | found.removed
    waiting = ", ".join(sorted(found.added - {found.first}))
    gone = ", ".join(sorted(found.removed))
    if before and found.first in found.added:
        yield (
            f"{found.first} is listed first, as Keycloak does with the key that signs; if it does, "
            "its tokens are refused until this is deployed"
        )
    if before and waiting:
        yield f"deploy this before the realm signs with {waiting}: until then, its tokens are refused"
    if gone:
        yield f"deploy this when the last token that {gone} signed has expired: from then on, they are refused"


def compare(target: KeyFile) -> Comparison:
    """Ask the realm for its keys and compare them with the file.

    Raises:
        KeysError: they cannot be had.
    """
    try:
        there = target.path.read_text("utf-8") if target.path.is_file() else None
        return compared(there, published(target.url))
    except UnsuitableKeyError as error:
        raise KeysError(f"{target.url} {error}") from error


def keys_command(
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack: NAME of Pulumi.NAME.yaml.")],
    *,
    check: Annotated[bool, typer.Option("--check", help="Only compare; exit 2 when the realm has other keys.")] = False,
) -> None:
    """Write the realm's published signing keys to the stack's `auth.jwksFile`."""
    console = Console(highlight=False, soft_wrap=True)
    try:
        target = key_file(read_files(PROJECT, stack), PROJECT)
        if target is None:
            console.print("nothing to do: only auth of kind jwt keeps the realm's keys; Kong fetches them itself here")
            return
        found = compare(target)
    except KeysError as refusal:
        Console(stderr=True, soft_wrap=True).print(Text.assemble(("✗ ", "red"), str(refusal)))
        raise typer.Exit(1) from refusal
    _show(found, target, console)
    if found.same:
        console.print(f"[green]✓[/] {target.name} has what the realm publishes; nothing changed")
    elif check:
        console.print(f"[red]✗[/] {target.name} is not what the realm publishes; run this without --check")
        raise typer.Exit(_DIFFERENT)
    else:
        target.path.parent.mkdir(parents=True, exist_ok=True)
        target.path.write_text(found.wanted, "utf-8")
        console.print(f"[green]✓[/] wrote {target.name}; review and commit it, then deploy")


def _show(found: Comparison, target: KeyFile, console: Console) -> None:
    for kid in sorted(found.added):
        console.print(Text(f"  + {kid} is new"))
    for kid in sorted(found.removed):
        console.print(Text(f"  - {kid} is no longer published"))
    if not found.same:
        for kid in sorted(found.kept):
            console.print(Text(f"  = {kid} stays"))
    for each in seamless_advice(found) if target.seamless else advice(target.key_id, found):
        console.print(Text.assemble(("!", "yellow"), f" {each}"))
