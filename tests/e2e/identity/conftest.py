"""One Keycloak for all tests of identity."""

import shutil
from collections.abc import Iterator

import pytest

from tests.e2e.identity.keycloak import Keycloak, KeycloakMissingError, running, unpacked
from tests.e2e.identity.realm import Realm


@pytest.fixture(scope="session")
def keycloak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keycloak]:
    folder = tmp_path_factory.mktemp("keycloak")
    try:
        with running(unpacked(folder)) as started:
            yield started
    except KeycloakMissingError as missing:
        pytest.skip(str(missing))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def realm(keycloak: Keycloak) -> Realm:
    return keycloak.realm()
