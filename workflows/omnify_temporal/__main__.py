"""`python -m omnify_temporal namespace|promote|drained`: one step of an update, each as often as one likes."""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from omnify_temporal.client import Temporal, connected
from omnify_temporal.errors import StepError
from omnify_temporal.namespace import Wanted, ensure_namespace
from omnify_temporal.versions import promote, refuse_undrained


def main(arguments: Sequence[str] | None = None) -> None:
    """Do the step, or say what is in its way and exit with 1."""
    given = _parser().parse_args(arguments)
    try:
        sys.stdout.write(f"{asyncio.run(_step(given))}\n")
    except StepError as error:
        sys.exit(str(error))


async def _step(given: argparse.Namespace) -> str:
    temporal = await connected(given.address, given.namespace, given.patience)
    return await {"namespace": _namespace, "promote": _promote, "drained": _drained}[given.command](temporal, given)


async def _namespace(temporal: Temporal, given: argparse.Namespace) -> str:
    attributes = dict(each.split("=", 1) for each in given.attribute)
    return await ensure_namespace(temporal, Wanted(given.retention_days, attributes))


async def _promote(temporal: Temporal, given: argparse.Namespace) -> str:
    return await promote(temporal, given.deployment, given.build_id)


async def _drained(temporal: Temporal, given: argparse.Namespace) -> str:
    return await refuse_undrained(temporal, given.deployment, frozenset(given.keep))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="omnify_temporal", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--address", required=True, help="the frontend, host:port")
    common.add_argument("--namespace", required=True, help="the Temporal namespace")
    common.add_argument("--patience", type=float, default=300, help="seconds that Temporal has to come up")
    namespace = commands.add_parser("namespace", parents=[common], help="make the namespace what it should be")
    namespace.add_argument("--retention-days", type=int, required=True)
    namespace.add_argument("--attribute", action="append", default=[], metavar="NAME=TYPE")
    promotion = commands.add_parser("promote", parents=[common], help="begin new workflows on a version")
    promotion.add_argument("--deployment", required=True)
    promotion.add_argument("--build-id", required=True)
    drained = commands.add_parser("drained", parents=[common], help="fail while another version has workflows")
    drained.add_argument("--deployment", required=True)
    drained.add_argument("--keep", action="append", default=[], metavar="BUILD_ID", help="a version that stays")
    return parser


if __name__ == "__main__":
    main()
