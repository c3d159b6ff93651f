"""How the application runs: one variable of the environment a setting, `MANAGEMENT_…`."""

from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.files import stack_file
from config.project import PROJECT
from config.vocabulary import HttpUrl, Issuer, Port

AUTOMATION: Final = "management.engine.automation:automation_engine"
"""The engine that runs the Pulumi CLI."""


class ManagementSettings(BaseSettings):
    """What the environment says. Lists are written as JSON."""

    model_config = SettingsConfigDict(
        env_prefix="MANAGEMENT_", frozen=True, extra="ignore", use_attribute_docstrings=True
    )

    stack: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,100}$")] = "dev"
    """The stack that is looked at and changed: NAME of Pulumi.NAME.yaml."""
    stack_file: Path | None = None
    """The stack's file, which changes are written into; `Pulumi.<stack>.yaml` beside Pulumi.yaml when left out."""
    state: Path = PROJECT / ".management"
    """The folder for the journal, the locks and the database. It must be kept across restarts."""
    database: SecretStr | None = None
    """The database of operations as SQLAlchemy's URL, such as `postgresql+asyncpg://name:password@host/database`; a
    file of SQLite in `state` when left out."""
    engine: Annotated[str, Field(pattern=r"^[\w.]+:\w+$")] = AUTOMATION
    """What applies the stack: `module:function`, where the function takes these settings and returns the engine."""

    host: str = "127.0.0.1"
    """The address to listen on."""
    port: Port = 8080
    """The port to listen on."""
    workers: Annotated[int, Field(ge=0, le=16)] = 1
    """Processes for what takes time to think, such as comparing 10,000 entities; 0 thinks in threads."""

    issuer: Issuer | None = None
    """The realm whose tokens are taken; the stack's `auth.issuer` when left out."""
    audience: str | None = None
    """What a token must have in `aud`; the stack's `auth.audience` when left out."""
    jwks_file: Path | None = None
    """The realm's keys in a file; the stack's own when left out, and fetched from the realm where it has none."""
    jwks_url: HttpUrl | None = None
    """Where to fetch the realm's keys instead."""
    client: str = "omnify-management"
    """The realm's client as whom the page logs people in; roles of this client count like those of the realm."""

    reads_per_minute: Annotated[int, Field(ge=1)] = 1_200
    """How many reads one person or program may ask for in a minute."""
    changes_per_minute: Annotated[int, Field(ge=1)] = 30
    """How many changes and previews one person or program may ask for in a minute."""
    strangers_per_minute: Annotated[int, Field(ge=1)] = 60
    """How many requests with a missing or wrong token one address may send in a minute before it is put off."""

    status_urls: tuple[HttpUrl, ...] = ()
    """Where Kong's nodes say how they are (port 8100). A name that stands for several addresses is several nodes. When
    left out, each pod is asked through the cluster where that is the way to the Admin API, else the Admin API."""
    live_seconds: Annotated[float, Field(ge=0)] = 5.0
    """How old an answer about the live gateway may be, in seconds, before it is read anew."""
    patience: Annotated[float, Field(gt=0)] = 5.0
    """How long Kong has for an answer, in seconds."""
    longest_wait: Annotated[int, Field(ge=0, le=3_600)] = 600
    """The most that a change may ask to `wait` for another one to end, in seconds."""

    @property
    def file(self) -> Path:
        """The stack's file."""
        return self.stack_file or PROJECT / stack_file(self.stack)

    @property
    def database_url(self) -> str:
        """The database's URL."""
        if self.database is not None:
            return self.database.get_secret_value()
        return f"sqlite+aiosqlite:///{self.state.resolve() / 'operations.db'}"
