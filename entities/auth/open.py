"""No scheme: nobody is asked who they are."""

from collections.abc import Iterable

from entities.auth.identities import Identities
from entities.limits import WHOLE_CONSUMER, LimitKey
from entities.model import Plugin, Scope


class OpenScheme:
    """What a stack without authentication has: no plugins, and no consumers but those it writes itself."""

    identifies_consumers = True
    subject: LimitKey = WHOLE_CONSUMER

    def identities(self) -> Identities:
        """None."""
        return Identities()

    def gate(self, public_routes: Iterable[str]) -> tuple[Plugin, ...]:  # noqa: ARG002 (the scheme's form)
        """None: every route is open."""
        return ()

    def plugins(self, scope: Scope) -> tuple[Plugin, ...]:  # noqa: ARG002 (the scheme's form)
        """None."""
        return ()
