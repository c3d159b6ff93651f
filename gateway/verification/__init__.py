"""Sends real requests through a deployed gateway and says what was checked."""

from gateway.verification.client import GatewayUnreachableError
from gateway.verification.outcome import Outcome, Status
from gateway.verification.run import verify
from gateway.verification.table import LiveTable, as_json
from gateway.verification.target import Target
from gateway.verification.tokens import GivenTokens, SigningKey, SigningKeyError, TokenSource

__all__ = [
    "GatewayUnreachableError",
    "GivenTokens",
    "LiveTable",
    "Outcome",
    "SigningKey",
    "SigningKeyError",
    "Status",
    "Target",
    "TokenSource",
    "as_json",
    "verify",
]
