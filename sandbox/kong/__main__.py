"""`python -m sandbox.kong`: runs the stand-in until it is stopped; prints its ports as one line of JSON."""

import asyncio
import json
import signal
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from sandbox.kong.gateway import Address, Gateway, Options, Ports
from sandbox.kong.pages import Database

command = typer.Typer(add_completion=False)


@command.command()
def run(
    *,
    admin_port: Annotated[int, typer.Option(help="Port of the Admin API; 0 takes a free one.")] = 8001,
    proxy_port: Annotated[int, typer.Option(help="Port of the proxy; 0 takes a free one.")] = 8000,
    status_port: Annotated[int, typer.Option(help="Port of the status listener; 0 takes a free one.")] = 8100,
    database: Annotated[Database, typer.Option(help="`off` for DB-less.")] = "postgres",
    state: Annotated[Path | None, typer.Option(help="File that keeps the entities between runs.")] = None,
    connect_to: Annotated[
        list[str] | None,
        typer.Option(help="HOST:PORT=ADDRESS:PORT, where a service, or a Redis, really is; may be repeated."),
    ] = None,
    property_: Annotated[
        list[str] | None,
        typer.Option("--property", help="NAME=VALUE, a property of kong.conf, such as trusted_ips; may be repeated."),
    ] = None,
    fault_endpoint: Annotated[bool, typer.Option(help="Serve /_standin/faults, for tests.")] = False,
) -> None:
    """A stand-in for Kong Gateway 3.9.1 on this machine's loopback."""
    options = Options(
        database=database,
        ports=Ports(admin_port, proxy_port, status_port),
        state=state,
        connect_to=dict(_route(text) for text in connect_to or ()),
        properties={name: value for name, _, value in (each.partition("=") for each in property_ or ())},
        fault_endpoint=fault_endpoint,
    )
    asyncio.run(_serve(Gateway(options)))


async def _serve(gateway: Gateway) -> None:
    async with gateway.running() as ports:
        typer.echo(json.dumps(asdict(ports)))
        if await _stopped() == signal.SIGQUIT:
            gateway.patience.seconds = None


async def _stopped() -> int:
    """Returns when the process is asked to end, with the signal. As with nginx, one after SIGQUIT ends it at once."""
    loop = asyncio.get_running_loop()
    asked: asyncio.Queue[int] = asyncio.Queue()
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)
    for number in signals:
        loop.add_signal_handler(number, asked.put_nowait, number)
    received = await asked.get()
    if received == signal.SIGQUIT:
        for number in signals:
            loop.remove_signal_handler(number)
    return received


def _route(text: str) -> tuple[Address, Address]:
    source, found, destination = text.partition("=")
    try:
        if found:
            return _address(source), _address(destination)
    except ValueError:
        pass
    message = f"{text!r} is no route; write HOST:PORT=ADDRESS:PORT"
    raise typer.BadParameter(message, param_hint="--connect-to")


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    return host, int(port)


if __name__ == "__main__":
    command()
