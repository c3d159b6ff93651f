"""What the tests of the whole management API share."""

from tests.e2e.identity.conftest import keycloak, realm

__all__ = ["keycloak", "realm"]
