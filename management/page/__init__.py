"""The page, served beside the endpoints at `/api/kong/page/`: a few files of HTML, CSS and JavaScript as they are."""

from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import Response

from management.access.realm import NoRealmError, realm_of
from management.context import Opened
from management.problems import not_found
from management.routing import ManagementRoute
from management.settings import ManagementSettings

FILES: Final = Path(__file__).parent / "files"
_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_KNOWN: Final = {file.name: file for file in FILES.iterdir() if file.suffix in _TYPES}

router = APIRouter(prefix="/page", route_class=ManagementRoute, include_in_schema=False)


@router.get("/")
@router.get("/{name}")
def get_file(request: Request, opened: Opened, name: str = "index.html") -> Response:
    """A file of the page. Nothing in it is secret, so it needs no token."""
    file = _KNOWN.get(name)
    if file is None:
        raise not_found(f"the page has no {name!r}")
    content = file.read_bytes()
    tag = f'"{sha256(content).hexdigest()[:32]}"'
    headers = {
        "Content-Security-Policy": content_security_policy(opened.settings),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
        "ETag": tag,
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=_TYPES[file.suffix], headers=headers)


def content_security_policy(settings: ManagementSettings) -> str:
    """What a browser may do on the page: run and show its own files, and speak with this application and the realm."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            f"connect-src 'self' {_realm_origin(settings)}".rstrip(),
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def _realm_origin(settings: ManagementSettings) -> str:
    """Where the realm is; empty while nothing says so, and then nobody can log in."""
    try:
        realm, _ = realm_of(settings)
    except (NoRealmError, OSError, ValueError):
        return ""
    parts = urlsplit(realm.issuer)
    return f"{parts.scheme}://{parts.netloc}"
