"""What a gateway's stack exports as `gateway`: a typed, versioned contract, and its reader for other stacks.

This module needs pydantic (2.12 or newer) and Pulumi alone. A program that has the package imports it; any other copies
this file as it stands. docs/outputs.md says what each field is for.
"""

from collections.abc import Mapping
from typing import Literal, Self, cast

import pulumi
from pulumi.runtime.sync_await import _sync_await  # pyright: ignore[reportPrivateUsage] (what the SDK waits with itself)
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError
from pydantic.alias_generators import to_camel

CONTRACT_VERSION = "1"
"""Changes when readers have to change: when a field goes, or means something else. New fields leave it as it is."""

OUTPUT = "gateway"
"""The name of the stack's output."""


class OutputsError(ValueError):
    """What was read is not what this reader knows; the text says whose it is, what is wrong, and what to do."""


class Output(BaseModel):
    """A part of the contract: frozen, camelCase outside. What may be null may be missing: Pulumi keeps no nulls."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=True, use_attribute_docstrings=True
    )


class OwnerOutput(Output):
    """Whose the gateway's entities are: each has the tags `project:…` and `stack:…`."""

    project: str
    """The Pulumi project."""
    stack: str
    """The stack, without its organization."""


class Urls(Output):
    """Where people and programs find the gateway."""

    gateway: str
    """The gateway, without a path."""
    manager: str
    """Kong Manager; on `localhost` when it has no Ingress and people forward a port to it."""
    management: str | None = None
    """The management API's page; null where there is none."""


class ServiceNames(Output):
    """The Kubernetes Services, in the gateway's namespace."""

    proxy: str
    """The gateway, inside the cluster."""
    admin: str
    """Kong's Admin API."""
    manager: str
    """Kong Manager."""
    metrics: str
    """Status and metrics of the pods."""


class RouteOutput(Output):
    """A route and who may use it."""

    name: str
    """Its name in Kong."""
    api: str
    """The name of its service in Kong."""
    paths: tuple[str, ...]
    """Path prefixes."""
    methods: tuple[str, ...]
    """The methods that pass, without the OPTIONS of preflights."""
    groups: tuple[str, ...]
    """The groups that may pass; empty for a public route."""
    public: bool
    """Whether everybody may pass without a token."""
    max_body_megabytes: int | None = None
    """The largest body; null when any is taken."""


class LimitsOutput(Output):
    """Requests in each window."""

    minute: int
    """Requests in a minute."""
    hour: int
    """Requests in an hour."""
    day: int
    """Requests in a day."""


class TierOutput(Output):
    """A tier and what its users may do."""

    name: str
    """What the tier claim of a token says."""
    consumer: str
    """The username of its consumer in Kong."""
    consumer_id: str
    """The id of that consumer, for plugins that hold for this tier."""
    group: str
    """Its ACL group."""
    fairness: Literal["tier", "subject"]
    """Whether all its users share its limits (`tier`), or each has them alone (`subject`)."""
    limits: LimitsOutput
    """Its limits over all routes of the gateway's own."""


class AuthOutput(Output):
    """What a token needs; empty texts when `kind` is `none`: then nobody is asked for one."""

    kind: Literal["jwt", "openid-connect", "oidc", "none"]
    """The plugin that judges tokens."""
    issuer: str
    """The token's `iss`, exactly."""
    audience: str
    """What the token's `aud` must be or hold."""
    tier_claim: str
    """The claim that names the tier."""
    rotation: Literal["simple", "seamless"]
    """Whether one key of the realm verifies tokens at a time, or several."""
    keys: Mapping[str, str]
    """The realm's public keys that verify tokens, in PEM by their `kid`; empty where the plugin fetches them."""


class CountersOutput(Output):
    """Where requests are counted, as the `rate-limiting` plugin takes it."""

    policy: Literal["local", "cluster", "redis"]
    """In each node, in Kong's database, or in Redis."""
    redis: Mapping[str, JsonValue]
    """Redis, without what proves to it who counts; empty unless `policy` is `redis`."""
    authenticated: bool
    """Whether Redis asks for proof. Kong's nodes have it; the package knows how plugins refer to it."""


class Versions(Output):
    """What runs."""

    package: str
    """The version of omnify-gateway that deployed it."""
    image: str
    """Kong's container image."""
    edition: Literal["oss", "enterprise"]
    """Kong's edition."""
    mode: Literal["database", "dbless"]
    """Whether Kong has a database: other stacks can register routes in `database` alone."""


class TlsOutput(Output):
    """How callers reach the gateway by TLS."""

    ends_at: Literal["ingress", "kong"]
    """Where it ends."""
    redirected_by: Literal["ingress", "kong"] | None = None
    """Who sends plain HTTP on to https; null when nobody does."""
    strict_transport_security: str | None = None
    """The header on each answer by TLS; null when there is none."""


class GatewayOutputs(Output):
    """Everything that another stack may rely on."""

    contract: Literal["1"] = CONTRACT_VERSION
    """The version of this contract."""
    owner: OwnerOutput
    """Whose the gateway's entities are."""
    context: str
    """The cluster: a context of the kubeconfig."""
    namespace: str
    """The gateway's namespace."""
    urls: Urls
    """Where people and programs find it."""
    admin_address: str
    """Where a Kong provider finds the Admin API (its `kong_admin_uri`)."""
    services: ServiceNames
    """Its Kubernetes Services."""
    pod_labels: Mapping[str, str]
    """The labels of Kong's pods, for the network policies of backends."""
    routes: tuple[RouteOutput, ...]
    """Its own routes, without those of other stacks."""
    tiers: tuple[TierOutput, ...]
    """Its tiers."""
    auth: AuthOutput
    """What a token needs."""
    counters: CountersOutput
    """Where requests are counted."""
    cors_origins: tuple[str, ...]
    """The origins of web pages that may call it; empty when none may."""
    correlation_header: str | None = None
    """The header with a request's id; null when requests get no id."""
    metrics: bool
    """Whether its pods have metrics."""
    versions: Versions
    """What runs."""
    tls: TlsOutput | None = None
    """Null when it answers plain HTTP, or was deployed before there was this field."""

    def document(self) -> Mapping[str, object]:
        """The outputs as the stack exports them."""
        return self.model_dump(mode="json", by_alias=True)

    @classmethod
    def from_stack(cls, stack: str) -> Self:
        """The outputs of a stack such as `org/omnify-gateway/prod`, in a Pulumi program, previews included.

        Raises:
            pulumi.RunError: the stack does not export what this reader knows.
        """
        details = _sync_await(pulumi.StackReference(stack).get_output_details(OUTPUT))
        if details.secret_value is not None:
            raise pulumi.RunError(
                f"stack {stack!r} exports {OUTPUT!r} as a secret, and nothing in it is; export it plain"
            )
        try:
            return cls.read(details.value, f"stack {stack!r}")
        except OutputsError as error:
            raise pulumi.RunError(str(error)) from None

    @classmethod
    def read(cls, document: object, source: str) -> Self:
        """The outputs in a document, wherever it comes from; `source` names that place where something is wrong.

        Fields that this reader does not know are passed over: a newer gateway may have them.

        Raises:
            OutputsError: it is of another version, or a field is missing or wrong.
        """
        if not isinstance(document, Mapping) or "contract" not in document:
            raise OutputsError(
                f"{source} exports no {OUTPUT!r} with a contract; name a stack of omnify-gateway, "
                "and run 'pulumi up' there if it was never applied"
            )
        found = cast("Mapping[str, object]", document)
        if found["contract"] != CONTRACT_VERSION:
            raise OutputsError(
                f"{source} has contract {found['contract']!r}, and this reader knows {CONTRACT_VERSION!r}; "
                f"read it with the omnify-gateway that deployed it ({_maker(found)})"
            )
        try:
            return cls.model_validate(found, extra="ignore")
        except ValidationError as error:
            raise OutputsError(f"{source} {_told(error)}; it was deployed by {_maker(found)}: {_ADVICE}") from None


_ADVICE = "deploy it with the version that this reader is of or a newer one, or read it with a reader of its version"


def _told(error: ValidationError) -> str:
    """What is wrong, each field by its path."""
    errors = error.errors(include_url=False)
    missing = [f"lacks {_path(each['loc'])}" for each in errors if each["type"] == "missing"]
    wrong = [f"has a wrong {_path(each['loc'])} ({each['msg']})" for each in errors if each["type"] != "missing"]
    return ", ".join((*missing, *wrong))


def _path(location: tuple[str | int, ...]) -> str:
    return OUTPUT + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)


def _maker(document: Mapping[str, object]) -> str:
    versions = document.get("versions")
    package = cast("Mapping[str, object]", versions).get("package") if isinstance(versions, Mapping) else None
    return f"omnify-gateway {package or 'of an unknown version'}"
