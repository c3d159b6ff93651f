"""What is sent to declare something, in the words of the stack's file."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from config.apis import Api, Route
from config.plugins import Plugin
from config.settings import Settings
from config.tiers import Tier
from config.vocabulary import GroupName, HttpUrl, KongName
from management.models.base import Answer


class ServiceDeclaration(Api):
    """An API with its backend: an entry of `apis:` and one of `backends:`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "billing",
                    "url": "http://billing.shop.svc.cluster.local:8000",
                    "routes": [
                        {
                            "name": "billing-invoices",
                            "paths": ["/api/invoices/"],
                            "methods": ["GET", "POST"],
                            "access": {"groups": ["pro", "enterprise"]},
                        }
                    ],
                }
            ]
        }
    )

    url: HttpUrl
    """Where this stack finds its backend."""


class RouteDeclaration(Route):
    """A route of a service: an entry of `routes:` of an entry of `apis:`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "service": "omnify-api",
                    "name": "reports-read",
                    "paths": ["/api/reports/"],
                    "methods": ["GET"],
                    "access": {"groups": ["pro", "enterprise"]},
                }
            ]
        }
    )

    service: KongName
    """The service that it leads to, by its name."""


class PluginDeclaration(Plugin):
    """A plugin in Kong's own terms: an entry of `plugins:`. Its name in paths is that of drift's report."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "ip-restriction", "on": {"route": "omnify-eyes"}, "config": {"allow": ["10.0.0.0/8"]}}
            ]
        }
    )


class ConsumerDeclaration(Tier):
    """A tier: one consumer of Kong's in one group with one limit; an entry of `tiers:`."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "team", "times": 10, "fairness": "tier"}]})


class AclGroupDeclaration(Settings):
    """A group and the consumers in it. A tier is in its own group; every other membership is an entry of
    `entities.acls`.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "beta", "consumers": ["pro", "enterprise"]}]})

    name: GroupName
    """The group, to which routes and plugins refer."""
    consumers: Annotated[tuple[str, ...], Field(min_length=1, examples=[["pro", "enterprise"]])]
    """Who is in it: tiers by their names, other consumers by their usernames."""


class Declared(Answer):
    """Something that the stack declares."""

    name: str = Field(examples=["route/omnify-eyes/ip-restriction"])
    """What it is called in paths."""
    inherited: bool
    """Whether Pulumi.yaml says it for every stack: a change copies the whole section into the stack's file."""
    declaration: Mapping[str, JsonValue]
    """What `PUT` takes."""


class DeclaredList(Answer):
    """Everything of one kind that the stack declares, in its order."""

    items: tuple[Declared, ...]
