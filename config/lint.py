"""`lint:` what the rules of lint find and the stack leaves as it is, each with its reason."""

from typing import Annotated

from pydantic import Field

from config.settings import Settings
from config.vocabulary import Reason


class Acceptance(Settings):
    """One thing that is accepted. A rule that finds nothing there any more says so, so that none is left behind."""

    rule: Annotated[str, Field(min_length=1)]
    """The rule's name; `python -m gateway lint --rules` lists them."""
    at: Annotated[str, Field(min_length=1)]
    """The name that the finding gives. It is that of a route, a service or a tier, a plugin's scope and name
    (`route/omnify-eyes/acl`), or a section, so it stays right when lists are reordered."""
    reason: Reason
    """Why it is right as it is."""


class Lint(Settings):
    """What lint is to leave alone."""

    accept: tuple[Acceptance, ...] = ()
    """What is accepted."""
