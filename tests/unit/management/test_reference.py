"""The page that says who may do what is written from the application itself."""

from gateway.recording import PROJECT
from management.reference import page


def test_the_page_is_as_the_application_is() -> None:
    assert (PROJECT / "docs" / "management-api.md").read_text() == page(), "run `make generate`"
