"""The stand-in as an application: routes, tokens, idempotency keys, failures on request."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qs
from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from workflows.rehearsal.standin.faults import Faults, When
from workflows.rehearsal.standin.keycloak import Keycloak
from workflows.rehearsal.standin.omnify import OmniFy
from workflows.rehearsal.standin.refusals import Refusal
from workflows.rehearsal.standin.state import State

SECRET: Final = "rehearsal"  # noqa: S105 (the stand-in's, which is on this machine alone)
"""What the service's client shows for a token."""
Endpoint = Callable[..., tuple[int, Any]]


class Standin:
    """OmniFy's API and Keycloak at one address."""

    def __init__(self) -> None:
        self.state, self.faults = State(), Faults()
        self.tokens: set[str] = set()
        omnify, keycloak = OmniFy(self.state), Keycloak(self.state)
        client, model, campaign = "/api/clients/{client}", "/api/models/{model}", "/campaigns/{campaign}"
        platform, realm = client + "/platforms/{platform}", "/admin/realms/omnify"
        endpoints: tuple[tuple[str, str, Endpoint], ...] = (
            ("PUT", client, omnify.put_client),
            ("PATCH", client, omnify.patch_client),
            ("DELETE", client, omnify.delete_client),
            ("POST", client + "/messages", omnify.post_message),
            ("POST", platform + "/consent", omnify.post_consent),
            ("PUT", platform, omnify.put_platform),
            ("DELETE", platform, omnify.delete_platform),
            ("GET", platform + "/records", omnify.get_records),
            ("PUT", platform + "/pages/{page}", omnify.put_page),
            ("POST", model + "/datasets", omnify.post_dataset),
            ("POST", model + "/trainings", omnify.post_training),
            ("GET", model + "/trainings/{training}", omnify.get_training),
            ("DELETE", model + "/trainings/{training}", omnify.delete_training),
            ("POST", model + "/candidates/{candidate}/evaluation", omnify.post_evaluation),
            ("POST", model + "/approvals", omnify.post_approval),
            ("PUT", model + "/current", omnify.put_current),
            ("DELETE", model + "/candidates/{candidate}", omnify.delete_candidate),
            ("POST", client + campaign + "/audience", omnify.post_audience),
            ("POST", client + campaign + "/messages", omnify.post_batch),
            ("GET", client + campaign + "/measures", omnify.get_measures),
            ("PUT", client + campaign + "/end", omnify.put_end),
            ("GET", realm + "/users", keycloak.get_users),
            ("POST", realm + "/users", keycloak.post_user),
            ("GET", realm + "/users/{user}", keycloak.get_user),
            ("PUT", realm + "/users/{user}", keycloak.put_user),
            ("DELETE", realm + "/users/{user}", keycloak.delete_user),
            ("GET", realm + "/groups", keycloak.get_groups),
            ("GET", realm + "/users/{user}/groups", keycloak.get_groups_of),
            ("PUT", realm + "/users/{user}/groups/{group}", keycloak.put_into),
            ("DELETE", realm + "/users/{user}/groups/{group}", keycloak.take_from),
        )
        routes = [Route(path, self._serving(endpoint), methods=[method]) for method, path, endpoint in endpoints]
        token = "/realms/omnify/protocol/openid-connect/token"  # noqa: S105 (a path)
        self.application = Starlette(routes=[*routes, Route(token, self._token, methods=["POST"])])

    def _serving(self, endpoint: Endpoint) -> Callable[[Request], Any]:
        async def serve(request: Request) -> Response:
            asked = f"{request.method} {request.url.path}"
            self.state.requests[asked] += 1
            if fault := self.faults.next(asked, When.BEFORE):
                await asyncio.sleep(fault.delay)
                if fault.status != 200:
                    return fault.answer()
            if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
                return JSONResponse({"error": "the token does not hold"}, 401)
            answer = await self._answer(endpoint, request)
            if fault := self.faults.next(asked, When.AFTER):
                return fault.answer()
            return answer

        return serve

    async def _answer(self, endpoint: Endpoint, request: Request) -> Response:
        key = request.headers.get("Idempotency-Key")
        raw = await request.body()
        if key is not None and key in self.state.answered:
            return _response(*self.state.answered[key])
        body: Mapping[str, Any] = json.loads(raw) if raw else {}
        try:
            status, document = endpoint(request, body, **request.path_params)
        except Refusal as refusal:
            return JSONResponse({"detail": refusal.detail}, refusal.status)
        if key is not None:
            self.state.answered[key] = (status, document)
        return _response(status, document)

    async def _token(self, request: Request) -> Response:
        self.state.requests["token"] += 1
        if fault := self.faults.next("token", When.BEFORE):
            return fault.answer()
        form = parse_qs((await request.body()).decode())
        if form.get("client_secret") != [SECRET]:
            return JSONResponse({"error": "unauthorized_client"}, 401)
        token = uuid4().hex
        self.tokens.add(token)
        return JSONResponse({"access_token": token, "expires_in": 300})


def _response(status: int, document: Any) -> Response:  # noqa: ANN401 (JSON)
    return Response(status_code=status) if document is None else JSONResponse(document, status)
