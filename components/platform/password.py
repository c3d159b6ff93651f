"""The passwords of bundled stores: made once, kept in a Kubernetes Secret alone, and read back from there.

So the Pulumi state is a cache here as well: with the state lost, the store's own password is found again.
"""

import asyncio
import base64
import secrets
import warnings
from concurrent.futures import ThreadPoolExecutor

import httpx
import kr8s
import pulumi

from config.cluster import Cluster

KEY = "password"
"""The Secret's key for it."""
UNKNOWN = "made-by-the-first-update"
"""What a preview has in its place and shows as `[secret]`. Never applied."""
_PATIENCE = 20
"""Seconds that the cluster has to answer."""


class ClusterUnreachableError(pulumi.RunError):
    """The cluster could not be asked, so nobody knows whether a password exists."""

    def __init__(self, cluster: Cluster, secret: str, cause: BaseException) -> None:
        super().__init__(
            f"cannot read the Secret {secret!r} in namespace {cluster.namespace!r}: the cluster of context "
            f"{cluster.context!r} did not answer ({type(cause).__name__}: {cause}); check cluster.context and "
            f"'kubectl --context {cluster.context} get namespaces', then run again"
        )


def encoded(text: str) -> pulumi.Input[str]:
    """As a Secret's `data` has it.

    What a preview does not know, it gives as unknown: a plan that is saved then holds whatever the update makes of it.
    """
    return _unknown() if text == UNKNOWN else base64.b64encode(text.encode()).decode()


def _unknown() -> pulumi.Output[str]:
    async def value() -> str:
        return UNKNOWN

    async def known() -> bool:
        return False

    return pulumi.Output(set(), value(), known())


def store_password(cluster: Cluster, secret: str) -> str:
    """The password that the cluster keeps in a Secret, or a new one where it has none.

    A preview does not ask the cluster, which it may not reach; the Secret's data is no part of a diff.

    Raises:
        ClusterUnreachableError: the cluster did not answer.
    """
    if pulumi.runtime.is_dry_run():
        return UNKNOWN
    return kept_password(cluster, secret) or secrets.token_urlsafe(32)


def kept_password(cluster: Cluster, secret: str) -> str | None:
    """The password in a Secret of the cluster; None when the API server says that there is none.

    Raises:
        ClusterUnreachableError: the API server did not answer, or refused to.
    """
    with ThreadPoolExecutor(max_workers=1) as beside_the_program:  # whose event loop is running
        return beside_the_program.submit(asyncio.run, _kept_password(cluster, secret)).result()


async def _kept_password(cluster: Cluster, secret: str) -> str | None:
    try:
        async with asyncio.timeout(_PATIENCE):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # of a release newer than those kr8s was tried with
                api = await kr8s.asyncio.api(context=cluster.context)
            asking = api.call_api(  # pyright: ignore[reportUnknownMemberType] - kr8s leaves **kwargs untyped
                namespace=cluster.namespace, url=f"secrets/{secret}", raise_for_status=False
            )
            async with asking as answer:
                pass  # an error raised here would be taken for one of the request's own
            if answer.status_code == 404:
                return None
            answer.raise_for_status()
            return base64.b64decode(answer.json()["data"][KEY]).decode()
    except (kr8s.ServerError, kr8s.APITimeoutError, httpx.HTTPError, ValueError, OSError) as error:
        raise ClusterUnreachableError(cluster, secret, error) from error
