"""An Admin API that asks for a client certificate, as it does for peers of the same cluster."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from provider.admin import AdminApi, AdminError, AdminUnavailableError, Patience
from provider.connection import open_admin
from provider.settings import check_settings, read_settings
from tests.authority import Authority
from tests.standin import RunningStandin, standin
from tests.tls_front import TlsFront, tls_front

__all__ = ["standin"]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def front(standin: RunningStandin, authority: Authority) -> Iterator[TlsFront]:
    with tls_front(standin.admin_url, *authority.signed("localhost"), clients_of=authority.file) as running:
        yield running


def environment(authority: Authority, client: Authority | None) -> dict[str, str]:
    """What the provider is told: whom to believe, and who it is."""
    told = {"KONG_ADMIN_CA": str(authority.file)}
    if client is None:
        return told
    certificate, key = client.signed("ci-runner")
    return told | {"KONG_ADMIN_CLIENT_CERTIFICATE": str(certificate), "KONG_ADMIN_CLIENT_KEY": str(key)}


def admin(front: TlsFront, told: dict[str, str]) -> AdminApi:
    address = {"kongAdminUri": f"https://localhost:{front.port}"}
    assert check_settings(address, told) == []
    return open_admin(read_settings(address, told), patience=Patience(coming_up=0.3, request=2, faults=2))


async def test_a_client_with_a_certificate_of_the_authority_is_let_in(front: TlsFront, authority: Authority) -> None:
    api = admin(front, environment(authority, authority))
    assert await api.put("/services/0d2f7a1e-6a52-4f0b-9a0e-6b6a5b6f7c11", {"name": "a", "host": "a.example"})
    await api.close()


async def test_who_has_none_is_told_how_to_show_one(front: TlsFront, authority: Authority) -> None:
    api = admin(front, environment(authority, None))
    with pytest.raises(AdminError, match="name one that it knows with KONG_ADMIN_CLIENT_CERTIFICATE"):
        await api.get("/services/a")
    await api.close()


async def test_a_certificate_of_another_authority_opens_nothing(
    front: TlsFront, authority: Authority, tmp_path: Path
) -> None:
    api = admin(front, environment(authority, Authority(tmp_path, "another")))
    with pytest.raises(AdminUnavailableError):
        await api.get("/services/a")
    await api.close()


async def test_an_admin_api_that_another_authority_signed_is_not_believed(
    front: TlsFront, authority: Authority, tmp_path: Path
) -> None:
    api = admin(front, environment(Authority(tmp_path, "another"), authority))
    with pytest.raises(AdminUnavailableError, match="certificate verify failed"):
        await api.get("/services/a")
    await api.close()


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"KONG_ADMIN_CLIENT_KEY": "/nowhere.key"}, "set both KONG_ADMIN_CLIENT_CERTIFICATE and KONG_ADMIN_CLIENT_KEY"),
        ({"KONG_ADMIN_CA": "/nowhere.crt"}, "KONG_ADMIN_CA names the file '/nowhere.crt', which cannot be read"),
    ],
)
def test_files_that_are_missing_are_named(told: dict[str, str], reason: str) -> None:
    faults = check_settings({"kongAdminUri": "https://localhost:1"}, told)
    assert any(reason in str(fault) for fault in faults)
