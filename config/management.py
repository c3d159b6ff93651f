"""`management:` the management API and its page in the cluster, and the rules between it and the other sections."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator

from config.admin import Admin, AdminLoopback
from config.apis import Api
from config.auth import Auth, NoAuth, OidcAuth
from config.counters import SecretKey
from config.network import Destination
from config.platform import Amounts, Resources
from config.problems import Problem
from config.settings import Settings, wrong_key
from config.tiers import Limits, Tier
from config.vocabulary import GroupName, ImageReference, MemoryQuantity, ObjectName

PREFIX: Final = "/api/kong/"
"""Below which the management API answers on the gateway."""
NAME: Final = "omnify-management"
"""Its service and its guarded route in Kong."""
OPEN_ROUTE: Final = "omnify-management-page"
"""Its route for what a browser loads before anybody has logged in."""
_OWN_VARIABLES: Final = ("KUBECONFIG", "MANAGEMENT_", "PULUMI_")


def _backend(url: str) -> str:
    if not re.fullmatch(r"(https|s3|gs|azblob|postgres|file)://\S+", url):
        raise ValueError(
            f"{url!r} is no state backend; write its URL as 'pulumi login' takes it, such as 's3://bucket'"
        )
    if url.startswith("file:"):
        raise ValueError(
            f"{url!r} is a disk that nobody else sees who runs 'pulumi up'; write a backend that all of them reach, "
            "such as 's3://bucket'"
        )
    return url


Backend = Annotated[
    str,
    Field(
        title="URL of a state backend",
        examples=["s3://omnify-state?region=eu-north-1"],
    ),
    AfterValidator(_backend),
]
"""Where Pulumi keeps the stack's state (Pulumi: `pulumi login`)."""


def _variable(name: str) -> str:
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
        raise ValueError(f"{name!r} is not a variable of the environment; write for example 'AWS_ACCESS_KEY_ID'")
    return name


VariableName = Annotated[
    str, AfterValidator(_variable), Field(title="variable of the environment", examples=["AWS_ACCESS_KEY_ID"])
]


class Engine(Settings):
    """How the Pulumi CLI in the pod gets at the stack's state. It needs one of the two secrets."""

    backend: Backend
    """Where the state is: the same place for everybody who applies this stack (PULUMI_BACKEND_URL)."""
    passphrase_secret: SecretKey | None = None
    """Where the passphrase is that encrypts the stack's secrets (PULUMI_CONFIG_PASSPHRASE)."""
    access_token_secret: SecretKey | None = None
    """Where the token is for a backend that is Pulumi Cloud (PULUMI_ACCESS_TOKEN)."""

    @model_validator(mode="after")
    def _one_secret(self) -> Self:
        if (self.passphrase_secret is None) == (self.access_token_secret is None):
            raise wrong_key(
                "passphraseSecret",
                "the engine needs one secret; write either passphraseSecret or accessTokenSecret",
            )
        return self


class Management(Settings):
    """The management API with its page, as one pod behind the gateway.

    It is reached at `/api/kong/` with tokens of the realm. Kong lets those pass that the realm has made out to one of
    `clients`; who may do what, the roles in the token say, and the application looks at both itself.
    """

    image: ImageReference
    """The image that `management/Dockerfile` makes of this project. It holds the program, so it goes with the stack."""
    engine: Engine
    """How the stack is applied from there."""
    clients: Annotated[tuple[GroupName, ...], Field(min_length=1)] = ("omnify-management",)
    """The realm's clients whose tokens pass (`azp`); people log in to the page as the first one."""
    limits: Limits = Limits(minute=1_200, hour=36_000, day=360_000)
    """What each person, and each program, may ask for at the gateway."""
    database_secret: SecretKey | None = None
    """Where the URL is of a PostgreSQL for operations and audit trail, such as
    `postgresql+asyncpg://name:password@host/database`; a file on the volume when left out."""
    storage: MemoryQuantity = "1Gi"
    """The size of the volume with the stack's file, the journal and the database. The API server refuses less."""
    storage_class: ObjectName | None = None
    """The StorageClass of the volume when it is made; the cluster's default when left out."""
    resources: Resources = Resources(
        requests=Amounts(cpu="250m", memory="512Mi"), limits=Amounts(cpu="2", memory="1536Mi")
    )
    """What its pod asks for and may use; the engine runs in it."""
    secrets: dict[VariableName, SecretKey] = Field(default_factory=dict)
    """Further variables of its environment, such as what the backend asks for."""
    egress: tuple[Destination, ...] = ()
    """Where it connects besides the API server, the realm, and whatever speaks HTTPS, such as its PostgreSQL."""

    @model_validator(mode="after")
    def _names_are_free(self) -> Self:
        for name in self.secrets:
            if name.startswith(_OWN_VARIABLES):
                raise wrong_key(f"secrets.{name}", "is decided by management.engine and this program; remove it")
        if len(set(self.clients)) != len(self.clients):
            raise wrong_key("clients", "names one twice; write each once")
        return self


def management_knows_who_asks(management: Management | None, auth: Auth) -> Iterator[Problem]:
    """Kong lets in whose token is of one of the clients: a scheme must look at that claim."""
    if management is None:
        return
    if isinstance(auth, NoAuth):
        yield Problem(
            ("management",), "changes the gateway, and auth kind 'none' asks nobody; write another auth, or remove it"
        )
    if isinstance(auth, OidcAuth):
        yield Problem(
            ("management",),
            "lets tokens of its clients pass, and auth kind 'oidc' looks at no client; write kind 'jwt', or remove it",
        )


def management_has_its_place(management: Management | None, apis: Sequence[Api]) -> Iterator[Problem]:
    """Whatever else is below its path would take requests away from it."""
    if management is None:
        return
    for at, api in enumerate(apis):
        if api.name == NAME:
            yield Problem(("apis", at, "name"), f"{NAME!r} is the management API's own; write another")
        for index, route in enumerate(api.routes):
            if route.name in {NAME, OPEN_ROUTE}:
                yield Problem(
                    ("apis", at, "routes", index, "name"), f"{route.name!r} is the management API's own; write another"
                )
            for number, path in enumerate(route.paths):
                if path.startswith(PREFIX):
                    yield Problem(
                        ("apis", at, "routes", index, "paths", number),
                        f"{path!r} is the management API's; write a path outside of '{PREFIX}', or remove management",
                    )


def management_clients_are_no_tiers(management: Management | None, tiers: Sequence[Tier]) -> Iterator[Problem]:
    """Kong finds a caller by one name, and a tier's members are no operators."""
    if management is None:
        return
    taken: Mapping[str, str] = {
        name: tier.name for tier in tiers for name in (tier.name, tier.consumer_name, tier.group_name)
    }
    for index, client in enumerate(management.clients):
        if client in taken:
            yield Problem(
                ("management", "clients", index),
                f"{client!r} is a name of tier {taken[client]!r}; give the realm's client another, "
                f"such as '{client}-management'",
            )


def management_gets_to_the_admin_api(management: Management | None, admin: Admin) -> Iterator[Problem]:
    """The loopback asks programs for a key."""
    if management is not None and isinstance(admin, AdminLoopback) and "KONG_API_KEY" not in management.secrets:
        key = next(iter(admin.programs.values()))
        yield Problem(
            ("management", "secrets"),
            "lacks KONG_API_KEY, for which admin.access 'loopback' asks; write KONG_API_KEY: "
            f"{{name: {key.name}, key: {key.key}}}",
        )
