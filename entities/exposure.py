"""Secrets of a stack file where others could read them."""

from collections.abc import Iterator, Mapping

from config.problems import Location, Problem
from entities.secret import plain_secrets, secret_reference, secrets_in


def exposed_secrets(kind: str, document: Mapping[str, object], place: Location, mode: str) -> Iterator[Problem]:
    """Secrets of an entity in the clear, in the stack file itself or in the ConfigMap of DB-less mode."""
    for path in plain_secrets(kind, document):
        yield Problem(
            (*place, *path),
            f'is a secret in the clear; write "{secret_reference("NAME")}" and set it with '
            "'pulumi config set --secret omnify-gateway-secrets:NAME'",
        )
    if mode == "dbless" and any(secrets_in(document)):
        yield Problem(place, "has a secret, which mode 'dbless' would put into a ConfigMap; write mode: database")
