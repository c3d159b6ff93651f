"""`ingress.tls:` whose certificates the gateway and Kong Manager show, and what TLS asks of browsers."""

import re
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from config.settings import Settings, wrong_key
from config.vocabulary import ObjectName

_PRELOAD_SECONDS = 31_536_000
"""What browsers' preload lists ask for (hstspreload.org)."""
_GO_DURATION = re.compile(r"(?=\d)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_SIZES = {"RSA": (2048, 3072, 4096, 8192), "ECDSA": (256, 384, 521), "Ed25519": ()}
"""The key sizes that each algorithm has here, the usual one first (cert-manager: CertificatePrivateKey)."""


def _length(value: str) -> timedelta:
    found = _GO_DURATION.fullmatch(value)
    hours, minutes, seconds = (int(part or 0) for part in (found.groups() if found else ("0", "0", "0")))
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _duration(value: str) -> str:
    if _length(value) == timedelta():
        raise ValueError(f"{value!r} is no duration; write hours, minutes and seconds, such as '2160h' for 90 days")
    return value


Duration = Annotated[str, AfterValidator(_duration), Field(title="duration", examples=["2160h"])]
"""A duration in hours, minutes and seconds, such as '2160h' (Kubernetes: metav1.Duration)."""


class Hsts(Settings):
    """The Strict-Transport-Security header on every answer over TLS (RFC 6797).

    Kong sends it with its own refusals too. ingress-nginx replaces it with its own, which its ConfigMap decides
    (`hsts`, `hsts-max-age`, `hsts-include-subdomains`, `hsts-preload`); by default both are the same.
    """

    max_age: Annotated[int, Field(ge=0, le=63_072_000)] = _PRELOAD_SECONDS
    """Seconds for which browsers ask this host by https alone. 0 makes them forget it."""
    include_subdomains: bool = True
    """Whether that holds for the names below the host's, too."""
    preload: bool = False
    """Whether browsers may carry the host in their own lists, from which it takes months to get away."""

    @model_validator(mode="after")
    def _fit_to_preload(self) -> Self:
        if self.preload and not self.include_subdomains:
            raise wrong_key("includeSubdomains", "must be true for browsers' lists; write true, or 'preload: false'")
        if self.preload and self.max_age < _PRELOAD_SECONDS:
            raise wrong_key("maxAge", f"is too short for browsers' lists; write at least {_PRELOAD_SECONDS}")
        return self

    @property
    def header(self) -> str:
        """The header's value."""
        parts = [f"max-age={self.max_age}"]
        parts += ["includeSubDomains"] if self.include_subdomains else []
        return "; ".join([*parts, "preload"] if self.preload else parts)


class Tls(Settings):
    """What TLS asks of clients, wherever the certificate is from."""

    redirect: bool = True
    """Whether plain HTTP is sent on to https, with 308. Kong does it where TLS ends in its pods; before an Ingress its
    controller does, for both hosts, and where this program does not know how to tell it, Kong does for the gateway."""
    hsts: Hsts | None = Hsts()
    """The Strict-Transport-Security header. `null`: none."""


class SecretTls(Tls):
    """Certificates that somebody keeps in Secrets of type kubernetes.io/tls, in the gateway's namespace."""

    by: Literal["secret"]
    secret_name: ObjectName
    """The Secret of the gateway's host, and of Kong Manager's unless that has its own."""
    manager_secret_name: ObjectName | None = None
    """Kong Manager's own Secret."""


class Issuer(Settings):
    """Who signs certificates (cert-manager: IssuerReference)."""

    name: ObjectName
    """Its name."""
    kind: Literal["Issuer", "ClusterIssuer"] = "ClusterIssuer"
    """`Issuer` for one in the gateway's namespace."""


class PrivateKey(Settings):
    """The key of a certificate; each renewal makes a new one."""

    algorithm: Literal["RSA", "ECDSA", "Ed25519"] = "ECDSA"
    """The algorithm of the key."""
    size: int | None = None
    """In bits: 2048 or more for RSA, 256, 384 or 521 for ECDSA; the smallest of them when left out."""

    @model_validator(mode="after")
    def _size_fits(self) -> Self:
        sizes = _SIZES[self.algorithm]
        if self.size is not None and self.size not in sizes:
            instead = f"write one of {', '.join(map(str, sizes))}" if sizes else "remove it"
            raise wrong_key("size", f"{self.size} is no size of {self.algorithm} keys; {instead}")
        return self

    @property
    def bits(self) -> int | None:
        """The size; none for an algorithm that has one size only."""
        return self.size or next(iter(_SIZES[self.algorithm]), None)


class CertManagerTls(Tls):
    """Certificates that cert-manager asks for and renews, one for each host."""

    by: Literal["cert-manager"]
    issuer: Issuer
    """Who signs."""
    manager_issuer: Issuer | None = None
    """Who signs Kong Manager's, when its host cannot be proven to the gateway's issuer."""
    duration: Duration | None = None
    """How long a certificate holds; the issuer's or cert-manager's usual 90 days when left out."""
    renew_before: Duration | None = None
    """How long before its end a certificate is renewed; a third of its duration when left out."""
    private_key: PrivateKey = PrivateKey()

    @model_validator(mode="after")
    def _time_to_renew(self) -> Self:
        if self.duration is not None and _length(self.duration) < timedelta(hours=1):
            raise wrong_key("duration", f"{self.duration!r} is too short for cert-manager; write at least '1h'")
        if self.renew_before is None:
            return self
        if _length(self.renew_before) < timedelta(minutes=5):
            raise wrong_key("renewBefore", f"{self.renew_before!r} is too late for cert-manager; write at least '5m'")
        if self.duration is not None and _length(self.renew_before) >= _length(self.duration):
            raise wrong_key("renewBefore", f"is not below duration; write less than '{self.duration}'")
        return self


class ControllerTls(Tls):
    """A certificate that the Ingress controller has from elsewhere, such as a cloud's, which annotations may name."""

    by: Literal["controller"]


AnyTls = Annotated[SecretTls | CertManagerTls | ControllerTls, Field(discriminator="by")]
