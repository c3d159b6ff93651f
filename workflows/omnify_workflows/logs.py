"""Logs: one line an event, JSON by default, with the workflow and activity that it belongs to."""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final, Literal, cast

import structlog
from structlog.typing import Processor

_KEPT: Final = {
    "workflow_id": "workflow_id",
    "run_id": "run_id",
    "workflow_run_id": "run_id",
    "workflow_type": "workflow_type",
    "activity_id": "activity_id",
    "activity_type": "activity_type",
    "attempt": "attempt",
}
"""What is logged of what the SDK knows, and under which name."""


def set_up_logs(level: str, format: Literal["json", "console"]) -> None:  # noqa: A002 (as the setting is called)
    """Have everything that this process logs written to stderr in one form."""
    shared: list[Processor] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        place,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Processor] = (
        [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer()]
        if format == "json"
        else [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # A line for each request says nothing that failures and metrics do not.
    logging.getLogger("httpx").setLevel(logging.WARNING)


def place(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ANN401 (structlog's)
    """Which workflow, and which try of which activity, as fields of their own."""
    for envelope in ("temporal_workflow", "temporal_activity"):
        known = event.pop(envelope, None)
        if isinstance(known, Mapping):
            fields = cast("Mapping[str, Any]", known)
            event.update({_KEPT[name]: value for name, value in fields.items() if name in _KEPT})
    event.pop("__temporal_task_type", None)
    return event
