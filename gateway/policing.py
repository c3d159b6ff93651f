"""`python -m gateway validate --policies`: the policies of `policies/`, without the engine."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from config.files import read_files
from config.project import PROJECT
from entities.secret import configured_secrets, secret_reference
from gateway.recording import record
from gateway.stacks import stack_settings
from policies import POLICIES, Resource, Subject, Violation, violations


def broken_policies(stack: str) -> Sequence[Violation]:
    """What a stack's program would register and no policy lets pass.

    Raises:
        StackFileError: its files cannot be read.
        InvalidSettingsError: its settings are wrong.
    """
    settings = stack_settings(stack)
    # A reference in the place of each secret: what a policy says names it, and never holds it.
    secrets = {name: secret_reference(name) for name in configured_secrets(settings.model_dump(mode="json"))}
    recording = record(read_files(PROJECT, stack), stack, preview=True, secrets=secrets)
    resources = tuple(
        Resource(each.urn, each.type, each.name, each.properties.values, each.dependencies)
        for each in recording.registrations
    )
    return tuple(violations(Subject(settings, resources)))


def show_policies(console: Console, stack: str, found: Sequence[Violation]) -> None:
    """Print what breaks a policy, or that nothing does."""
    if not found:
        console.print(f"[green]✓[/] stack [bold]{stack}[/] keeps all {len(POLICIES)} policies")
    for violation in found:
        policy, broken = violation.policy, violation.broken
        console.print(Text.assemble(("✗ ", "red"), (policy.name, "bold"), f" at {broken.at}"))
        console.print(Text.assemble(f"    {broken.wrong}\n", (f"    {policy.instead}", "dim")))


def policy_catalogue() -> str:
    """The policies as a document (docs/policies.md)."""
    return _INTRODUCTION + "".join(
        f"\n## {policy.name}\n{policy.summary}\n\n{policy.why}\n\n*Instead:* {policy.instead}.\n" for policy in POLICIES
    )


_INTRODUCTION = """# Policies
What every stack keeps, whoever wrote it. Settings are checked before a program runs; policies look at what it
registers, so that they hold for what another program adds to the gateway as well. They are the same in both places:
```
python -m gateway validate --stack prod --policies       # without the Pulumi CLI, in a second
pulumi preview --stack prod --policy-pack policies       # in the engine; what breaks one stops the update
```
A stack that must break one for a while says so to the engine: `--policy-pack-config FILE` with
`{"images-are-pinned": "advisory"}`. Lint ([lint.md](lint.md)) finds what is hardly ever meant, and is accepted in the
stack file; policies are not.
"""
