"""`admin:` how this program reaches Kong's Admin API."""

from typing import Annotated, Literal

from pydantic import Field

from config.settings import Settings
from config.vocabulary import HttpUrl


class AdminTunnel(Settings):
    """Through the cluster's API server: the provider forwards a port to a ready Kong pod when it first needs it.

    Works from any place that reaches the cluster, and leaves the Admin API unexposed.
    """

    access: Literal["tunnel"]


class AdminUrl(Settings):
    """At an address of its own. The environment variables of the provider hold the credentials, if it asks for any."""

    access: Literal["url"]
    url: HttpUrl


Admin = Annotated[AdminTunnel | AdminUrl, Field(discriminator="access")]
