"""What the gateway gets to know of this stack: its services and routes, as plain data."""

from collections.abc import Mapping

from components.outputs import GatewayOutputs
from config.apis import Access, Api, Route, Timeouts
from workflows.components.names import API, API_PATH, API_PORT, LOGIN_PORT, PUBLIC_PATH, UI, service_url
from workflows.settings.stack import WorkflowsSettings

CUSTOMERS = ("pro", "enterprise")
"""The tiers' groups that may start and watch workflows."""
_WHY_OPEN = "A browser logs in here: the login before the interface lets nobody pass but whom the realm gives the role."


def registered_apis(settings: WorkflowsSettings) -> tuple[Api, ...]:
    """The services and their routes."""
    return (_workflow_api(), *((_interface(),) if settings.ui.login else ()))


def backends(settings: WorkflowsSettings) -> Mapping[str, str]:
    """Where the gateway's pods find each."""
    found = {
        API: service_url(API, settings.namespace, API_PORT),
        UI: service_url(UI, settings.namespace, LOGIN_PORT),
    }
    return {api.name: found[api.name] for api in registered_apis(settings)}


def interface_url(settings: WorkflowsSettings, gateway: GatewayOutputs) -> str:
    """Where administrators open the interface: at the gateway, or at a port that they forward."""
    return f"{gateway.urls.gateway}{PUBLIC_PATH}/" if settings.ui.login else "http://localhost:8080"


def _workflow_api() -> Api:
    # Whoever starts a workflow twice gets the first one: still, what was sent once is not sent again by the gateway.
    return Api(
        name=API,
        retries=0,
        routes=(
            Route(
                name=API,
                paths=(API_PATH,),
                methods=("GET", "HEAD", "POST", "PUT", "DELETE"),
                access=Access(groups=CUSTOMERS),
                max_body=1,
            ),
        ),
        timeouts=Timeouts(read=65_000),
    )


def _interface() -> Api:
    return Api(
        name=UI,
        routes=(
            Route(
                name=UI,
                paths=(PUBLIC_PATH,),
                methods=("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"),
                access=Access(public=_WHY_OPEN),
            ),
        ),
    )
