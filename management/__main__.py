"""`python -m management`: the application by itself. `make management` calls it."""

import uvicorn

from management.application import application
from management.settings import ManagementSettings


def main() -> None:
    """Serve until stopped."""
    settings = ManagementSettings()
    uvicorn.run(application(settings), host=settings.host, port=settings.port, timeout_graceful_shutdown=30)


if __name__ == "__main__":
    main()
