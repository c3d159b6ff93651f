"""`python -m omnify_workflows`: workflows, for operators. Where Temporal is, `WORKFLOWS_…` says."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import typer
from pydantic import BaseModel, ValidationError
from rich.console import Console
from rich.live import Live
from temporalio.client import WorkflowUpdateFailedError
from temporalio.service import RPCError

from omnify_workflows.cli.display import table_of, tree_of
from omnify_workflows.connection import connect
from omnify_workflows.naming import campaign_id, onboarding_id, retraining_id
from omnify_workflows.onboarding.models import Consent, OnboardingOrder
from omnify_workflows.operating import NotThereError, Operator, Order, UnderWayError
from omnify_workflows.retention.models import CampaignOrder, Conversion
from omnify_workflows.retraining.models import Approval, RetrainingOrder
from omnify_workflows.settings import TemporalSettings
from omnify_workflows.synchronisation.models import SynchronisationOrder, Window
from omnify_workflows.vocabulary import Contact, Platform

_T = TypeVar("_T")
_Order = TypeVar("_Order", bound=BaseModel)
_EVERY: Final = 1.0
"""Seconds between two looks at a workflow that is watched."""
app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="OmniFy's workflows, for operators.",
)
_console = Console(highlight=False, soft_wrap=True)

OrderFile = Annotated[Path, typer.Argument(help="The order as JSON; - reads it from standard input.", allow_dash=True)]
Client = Annotated[str, typer.Argument(help="The client's id, such as acme.")]
Wanted = Annotated[Platform, typer.Argument(help="The platform.")]


@app.command()
def onboard(order: OrderFile) -> None:
    """Onboard a client."""
    _start(_read(OnboardingOrder, order))


@app.command()
def consent(
    client: Client,
    platform: Wanted,
    code: Annotated[str, typer.Option(help="What the platform gave the client.")] = "",
    declined: Annotated[bool, typer.Option("--declined", help="The client says no.")] = False,
) -> None:
    """Tell an onboarding what its client says to a platform."""
    told = Consent(platform=platform, granted=not declined, code=code)
    _do(lambda operator: operator.signal(onboarding_id(client), "consent", told))


@app.command()
def contact(client: Client, name: str, email: str) -> None:
    """Change the contact of a client who is being onboarded."""
    changed = _made(Contact, name=name, email=email)
    _do(lambda operator: operator.change_contact(client, changed))


@app.command()
def synchronise(client: Client, platform: Wanted) -> None:
    """Synchronise a platform now."""
    _start(_made(SynchronisationOrder, client=client, platform=platform))


@app.command()
def backfill(client: Client, platform: Wanted, since: datetime, until: datetime) -> None:
    """Bring a time again, in UTC: by the synchronisation that runs, or by one that is started for it."""
    window = _made(Window, since=since.replace(tzinfo=UTC), until=until.replace(tzinfo=UTC))
    order = _made(SynchronisationOrder, client=client, platform=platform)
    _console.print(_do(lambda operator: operator.backfill(order, window)).id)


@app.command()
def retrain(
    model: Annotated[str, typer.Argument(help="The model's name.")],
    days: Annotated[int, typer.Option(help="How many days of data to train with.", min=1)] = 90,
) -> None:
    """Train a model again."""
    _start(_made(RetrainingOrder, model=model, since=datetime.now(UTC) - timedelta(days=days)))


@app.command()
def decide(
    model: Annotated[str, typer.Argument(help="The model's name.")],
    by: Annotated[str, typer.Option(help="Who decides.")],
    refuse: Annotated[bool, typer.Option("--refuse", help="Roll it back.")] = False,
    reason: str = "",
) -> None:
    """Say whether a model may be promoted."""
    approval = _made(Approval, approved=not refuse, by=by, reason=reason)
    _do(lambda operator: operator.signal(retraining_id(model), "decide", approval))


@app.command()
def campaign(order: OrderFile) -> None:
    """Run a campaign."""
    _start(_read(CampaignOrder, order))


@app.command()
def converted(client: Client, campaign: str, recipient: str) -> None:
    """Tell a campaign that somebody has converted."""
    conversion = _made(Conversion, recipient=recipient)
    _do(lambda operator: operator.signal(campaign_id(client, campaign), "converted", conversion))


@app.command()
def progress(
    workflow: Annotated[str, typer.Argument(help="The workflow's id, such as onboarding-acme.")],
    watch: Annotated[bool, typer.Option("--watch", help="Until it ends.")] = False,
) -> None:
    """Show how far a workflow is."""

    async def shown(operator: Operator) -> None:
        seen = await operator.watch(workflow)
        if not (watch and _console.is_terminal):
            while watch and seen.closed is None:
                await asyncio.sleep(_EVERY)
                seen = await operator.watch(workflow)
            _console.print(tree_of(seen))
            return
        with Live(tree_of(seen), console=_console) as live:
            while seen.closed is None:
                await asyncio.sleep(_EVERY)
                seen = await operator.watch(workflow)
                live.update(tree_of(seen))

    _do(shown)


@app.command()
def cancel(workflow: Annotated[str, typer.Argument(help="The workflow's id.")]) -> None:
    """Have a workflow end in its own way: an onboarding takes back what it did."""
    _do(lambda operator: operator.cancel(workflow))


@app.command(name="list")
def list_workflows(
    client: Annotated[str | None, typer.Option(help="Of this client; of everybody when left out.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000)] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List workflows, the newest first."""

    async def listed(operator: Operator) -> None:
        found = [each async for each in operator.of_client(client, limit)]
        if as_json:
            sys.stdout.write(json.dumps([each.model_dump(mode="json", by_alias=True) for each in found]) + "\n")
        else:
            _console.print(table_of(found) if found else "none")

    _do(listed)


def _start(order: Order) -> None:
    _console.print(_do(lambda operator: operator.start(order)).id)


def _do(work: Callable[[Operator], Awaitable[_T]]) -> _T:
    """Do something in Temporal, or say what is in its way and exit with 1."""

    async def done() -> _T:
        settings = TemporalSettings()
        try:
            operator = Operator(await connect(settings), settings.task_queue)
        except RuntimeError as error:
            raise SystemExit(f"Temporal at {settings.temporal_address} does not answer: {error}") from error
        try:
            return await work(operator)
        except (NotThereError, UnderWayError) as error:
            raise SystemExit(str(error)) from error
        except WorkflowUpdateFailedError as error:
            raise SystemExit(f"refused: {error.cause}") from error
        except RPCError as error:
            raise SystemExit(f"Temporal: {error}") from error

    return asyncio.run(done())


def _read(model: type[_Order], file: Path) -> _Order:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
        return model.model_validate_json(text)
    except OSError as error:
        raise SystemExit(f"{file}: {error.strerror}") from error
    except ValidationError as error:
        raise SystemExit(_problems(error)) from error


def _made(kind: type[_Order], /, **values: Any) -> _Order:  # noqa: ANN401 (the kind judges them)
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise SystemExit(_problems(error)) from error


def _problems(error: ValidationError) -> str:
    """Each by its key path."""
    places = ((".".join(map(str, each["loc"])) or "order", each["msg"]) for each in error.errors())
    return "\n".join(f"{place}: {wrong}" for place, wrong in places)
