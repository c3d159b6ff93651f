"""Desired states for tests: a stack of the repository, edited, and its documents by the keys of their entities."""

from typing import Any

from config.stack import StackSettings
from entities.desired import desired_state
from entities.model import EntityKind
from entities.state import DesiredState, Owner
from entities.validation import validated
from tests.unit.config.documents import Edit, edited, put

OWNER = Owner("omnify-gateway", "dev")


def settings(*edits: Edit, stack: str = "dev") -> StackSettings:
    return validated(edited(stack, *edits))


def desired(*edits: Edit, stack: str = "dev") -> DesiredState:
    return desired_state(settings(*edits, stack=stack), OWNER)


def documents(state: DesiredState, kind: EntityKind) -> dict[str, dict[str, Any]]:
    """The documents of a kind, by key."""
    return {entity.key: state.document(entity) for entity in state if entity.kind == kind}


def configurations(state: DesiredState) -> dict[str, dict[str, Any]]:
    """The plugins' configurations, by key, such as `route/omnify-eyes/acl`."""
    return {key: document["config"] for key, document in documents(state, "plugins").items()}


def route(name: str, *, groups: list[str] | None = None, **fields: object) -> dict[str, object]:
    """A route of a stack file: of its own path, for some groups or for everybody."""
    access = {"groups": groups} if groups else {"public": "Nothing here needs a token."}
    return {"name": name, "paths": [f"/{name}/"], "methods": ["GET"], "access": access} | fields


def api(name: str, *routes: dict[str, object]) -> Edit:
    """Another API beside OmniFy's, with its backend."""
    add_api = put("apis[1]", {"name": name, "routes": list(routes)})
    add_backend = put(f"backends.{name}", f"http://{name}.test:9000/base/")

    def edit(document: dict[str, Any]) -> None:
        add_api(document)
        add_backend(document)

    return edit


ISSUER = "https://auth.example/realms/omnify"


def authenticated_by(kind: str, **fields: object) -> list[Edit]:
    """The edits that make a stack authenticate by a kind other than `jwt`."""
    auth = put("auth", {"kind": kind, "issuer": ISSUER, "audience": "omnify-api"} | fields)
    if kind == "openid-connect":
        return [auth, put("edition", "enterprise"), put("platform.image", "kong/kong-gateway:3.9.1.0")]
    return [auth, put("tiers", [{"name": "free"}, {"name": "pro"}, {"name": "enterprise"}])]
