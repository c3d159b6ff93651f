"""`python -m omnify_workflows.router`: the router by itself."""

import uvicorn

from omnify_workflows.logs import set_up_logs
from omnify_workflows.router.application import application
from omnify_workflows.settings import RouterSettings


def main() -> None:
    """Serve until stopped."""
    settings = RouterSettings()
    set_up_logs(settings.log_level, settings.log_format)
    uvicorn.run(
        application(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=30,
    )


if __name__ == "__main__":
    main()
