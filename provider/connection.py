"""The way from a provider's settings to the Admin API that they name."""

from provider.admin import Address, AdminApi, Endpoint, Patience, Say
from provider.settings import Settings, tunnel_address


def open_admin(
    settings: Settings, *, pod: str | None = None, patience: Patience | None = None, say: Say | None = None
) -> AdminApi:
    """The Admin API of a gateway; nothing is connected before the first request. A tunnel may lead to a pod by name."""
    return AdminApi(_endpoint(settings.admin_uri, pod), settings, patience=patience, say=say)


def _endpoint(uri: str | None, pod: str | None) -> Endpoint:
    tunnel = tunnel_address(uri) if uri else None
    if tunnel is None:
        return Address(uri)
    from provider.tunnel import Tunnel  # noqa: PLC0415 - loads a Kubernetes client, which few need

    return Tunnel(tunnel, pod)
