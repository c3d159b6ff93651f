"""The command line: what each command is called, takes and prints."""

import gc
import json
import sys
from enum import StrEnum
from typing import Annotated, cast

import typer
from pulumi import RunError
from rich.console import Console
from rich.markup import escape

from config.files import NAMESPACE, StackFileError
from config.problems import InvalidSettingsError, key_path
from config.schema import project_schema, stack_schema
from config.version import VERSION
from entities.desired import desired_state
from entities.lint import lint
from entities.state import Owner
from gateway.command_pages import commands_command
from gateway.contract import contract_command
from gateway.deployment.command import deploy_command, preview_command
from gateway.diff.command import diff_command
from gateway.drift.command import drift_command
from gateway.drift.issue_command import drift_issue_command
from gateway.facts import facts_command
from gateway.importing.command import import_command
from gateway.keys import keys_command
from gateway.linting.command import lint_command
from gateway.policing import broken_policies, policy_catalogue, show_policies
from gateway.pull_requests.command import comment_command
from gateway.pull_requests.touched import touched_command
from gateway.recording import record
from gateway.reference import settings_command
from gateway.rendering import desired_json, kong_file, kubernetes_manifests
from gateway.stacks import stack_document, stack_settings
from gateway.verification.command import verify_command

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Kong on Kubernetes as code: the commands around `pulumi up`.",
)
_errors = Console(stderr=True, highlight=False, soft_wrap=True)
_console = Console(highlight=False, soft_wrap=True)
_PROGRAM = "python -m gateway"
COLLECTIONS = (100_000, 50, 100)
"""When Python looks for garbage. Nearly all that a command makes it keeps until it ends, so with Python's
own 700 objects a large stack would spend a fifth of its time on looking."""

Stack = Annotated[str, typer.Option("--stack", "-s", help="The stack: NAME of Pulumi.NAME.yaml.")]


def _print_version(wanted: bool) -> None:
    if wanted:
        _console.print(f"omnify-gateway {VERSION}")
        raise typer.Exit


@app.callback()
def options(
    *,
    _version: Annotated[
        bool, typer.Option("--version", metavar="", is_eager=True, callback=_print_version, help="Print the version.")
    ] = False,
) -> None:
    """What holds for no command in particular."""


class Format(StrEnum):
    """What `render` prints."""

    KONG = "kong"
    KUBERNETES = "kubernetes"
    JSON = "json"


class SchemaOf(StrEnum):
    """Whose schema `schema` prints."""

    STACK = "stack"
    PROJECT = "project"


@app.command()
def validate(
    stack: Stack,
    *,
    policies: Annotated[bool, typer.Option("--policies", help="Check docs/policies.md as well.")] = False,
) -> None:
    """Check a stack's settings. Prints every problem with its key path and exits 1, or one line and exits 0."""
    settings = stack_settings(stack)
    record(stack_document(stack), stack, preview=True)  # the program itself refuses what only its objects tell
    state = desired_state(settings, Owner(NAMESPACE, stack))
    entities = sum(1 for _ in state)
    _console.print(
        f"[green]✓[/] stack [bold]{stack}[/] is valid: {len(settings.apis)} "
        f"{'API' if len(settings.apis) == 1 else 'APIs'}, {len(settings.tiers)} tiers, {entities} Kong entities, "
        f"mode {settings.mode}"
    )
    found = len(lint(settings, state).open)
    if found:
        _console.print(
            f"[yellow]![/] lint finds {found} {'thing' if found == 1 else 'things'} besides: "
            f"python -m gateway lint --stack {escape(stack)}"
        )
    if policies:
        broken = broken_policies(stack)
        show_policies(_console, stack, broken)
        if broken:
            raise typer.Exit(1)


@app.command()
def render(
    stack: Stack,
    format: Annotated[Format, typer.Option("--format", "-f", help="`kong`, `kubernetes` or `json`.")] = Format.KONG,  # noqa: A002 (the option's name)
) -> None:
    """Print what a stack comes to: kong.yml, the Kubernetes manifests, or the desired state as JSON."""
    renderers = {Format.KONG: kong_file, Format.KUBERNETES: kubernetes_manifests, Format.JSON: desired_json}
    sys.stdout.write(renderers[format](stack))


@app.command()
def schema(of: Annotated[SchemaOf, typer.Option("--of", help="Which file's schema.")] = SchemaOf.STACK) -> None:
    """Print the JSON Schema of the stack files, or of Pulumi.yaml. The repository keeps both in config/."""
    document = stack_schema() if of is SchemaOf.STACK else project_schema()
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


@app.command()
def policies() -> None:
    """Print the policies: what each asks for, why, and what to write instead."""
    sys.stdout.write(policy_catalogue())


app.command("verify")(verify_command)
app.command("lint")(lint_command)
app.command("drift")(drift_command)
app.command("drift-issue")(drift_issue_command)
app.command("diff")(diff_command)
app.command("preview")(preview_command)
app.command("deploy")(deploy_command)
app.command("touched")(touched_command)
app.command("comment")(comment_command)
app.command("import")(import_command)
app.command("keys")(keys_command)
app.command("facts")(facts_command)
app.command("contract")(contract_command)
app.command("settings")(settings_command)
app.command("commands")(commands_command)


def run() -> None:
    """Run the command line; what is wrong is said on standard error, and the exit code is 1.

    So it is for wrong usage too, of which typer says 2: that is how `drift`, `diff` and `keys` tell of a difference.
    """
    gc.set_threshold(*COLLECTIONS)
    try:
        code = app(prog_name=_PROGRAM, standalone_mode=False)
    except typer.TyperException as misuse:
        _refuse_usage(misuse)
        sys.exit(1)
    except InvalidSettingsError as refusal:
        _show(refusal)
        sys.exit(1)
    except (StackFileError, RunError) as error:
        _errors.print(f"[red]✗[/] {escape(str(error))}")
        sys.exit(1)
    sys.exit(code)


def _refuse_usage(misuse: typer.TyperException) -> None:
    """Say what is wrong with the arguments. Where there were none, the help has been printed, and there is no more."""
    said = misuse.format_message().replace("Value error, ", "").rstrip(".")
    if said:
        context = cast("typer.Context | None", getattr(misuse, "ctx", None))
        command = context.command_path if context else _PROGRAM
        _errors.print(f"[red]✗[/] {escape(said)}; '{escape(command)} --help' says what it takes")


def _show(refusal: InvalidSettingsError) -> None:
    count = len(refusal.problems)
    _errors.print(f"[red]✗[/] {count} {'problem' if count == 1 else 'problems'} in the stack's settings:")
    for problem in refusal.problems:
        _errors.print(f"  [bold]{escape(key_path(problem.location))}[/]: {escape(problem.message)}")
