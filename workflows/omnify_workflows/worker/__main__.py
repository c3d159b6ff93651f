"""`python -m omnify_workflows.worker`: a worker, until it is told to stop."""

import asyncio

from omnify_workflows.logs import set_up_logs
from omnify_workflows.settings import WorkerSettings
from omnify_workflows.worker.process import run_worker


def main() -> None:
    """Work."""
    settings = WorkerSettings()
    set_up_logs(settings.log_level, settings.log_format)
    asyncio.run(run_worker(settings))


if __name__ == "__main__":
    main()
