"""The control plane's keys and certificates: one authority, and what it signs.

Keys are elliptic (P-256), which every part accepts and which are made in milliseconds. Everything lives as
long as the state directory does, so there is nothing to renew.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_LIFETIME = timedelta(days=3650)
_HOSTS = (
    x509.IPAddress(ip_address("127.0.0.1")),
    x509.DNSName("localhost"),
    x509.DNSName("kubernetes.default.svc"),
)
_SIGNS_CERTIFICATES = x509.KeyUsage(
    digital_signature=True,
    key_cert_sign=True,
    crl_sign=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    encipher_only=False,
    decipher_only=False,
)


@dataclass(frozen=True)
class KeyPair:
    """A certificate and its private key, as PEM files."""

    certificate: Path
    key: Path


@dataclass(frozen=True)
class Certificates:
    """Every key and certificate of a control plane; see `provide`."""

    authority: Path
    """The certificate authority that all parts trust."""

    server: KeyPair
    """What every part serves with on loopback; also etcd's name towards its only peer, itself."""

    administrator: KeyPair
    """A client that may do everything (group `system:masters`)."""

    apiserver: KeyPair
    """kube-apiserver towards etcd and kubelets."""

    controller_manager: KeyPair
    scheduler: KeyPair

    service_account: KeyPair
    """What signs service-account tokens; `certificate` is the bare public key."""


def provide(directory: Path) -> Certificates:
    """Give the certificates kept in the directory, made there the first time; keys are readable by the owner only."""
    made = Certificates(
        authority=directory / "ca.crt",
        server=_files(directory, "server"),
        administrator=_files(directory, "administrator"),
        apiserver=_files(directory, "apiserver"),
        controller_manager=_files(directory, "kube-controller-manager"),
        scheduler=_files(directory, "kube-scheduler"),
        service_account=KeyPair(directory / "service-account.pub", directory / "service-account.key"),
    )
    if not made.authority.exists():
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make(made)
    return made


def _files(directory: Path, name: str) -> KeyPair:
    return KeyPair(directory / f"{name}.crt", directory / f"{name}.key")


def _make(wanted: Certificates) -> None:
    authority = _Authority()
    authority.sign(wanted.server, "omnify-sandbox", hosts=_HOSTS)
    authority.sign(wanted.administrator, "omnify-sandbox-administrator", groups=("system:masters",))
    authority.sign(wanted.apiserver, "kube-apiserver", groups=("system:masters",))
    authority.sign(wanted.controller_manager, "system:kube-controller-manager")
    authority.sign(wanted.scheduler, "system:kube-scheduler")

    signer = ec.generate_private_key(ec.SECP256R1())
    _write_key(wanted.service_account.key, signer)
    wanted.service_account.certificate.write_bytes(
        signer.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    # Last, because its presence says that all the others are there.
    wanted.authority.write_bytes(authority.certificate.public_bytes(Encoding.PEM))


class _Authority:
    """Signs in memory; its key is never written, so nothing can be signed later."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _subject("omnify-sandbox-ca", ())
        self.certificate = (
            _builder(self._name, self._name, self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_SIGNS_CERTIFICATES, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
            .sign(self._key, SHA256())
        )

    def sign(
        self,
        files: KeyPair,
        name: str,
        *,
        groups: tuple[str, ...] = (),
        hosts: tuple[x509.GeneralName, ...] = (),
    ) -> None:
        """Write a key and its certificate: a client's, and a server's as well if it has hosts."""
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        builder = (
            _builder(_subject(name, groups), self._name, key.public_key())
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(issuer, critical=False)
        )
        purposes = [ExtendedKeyUsageOID.CLIENT_AUTH]
        if hosts:
            purposes.append(ExtendedKeyUsageOID.SERVER_AUTH)
            builder = builder.add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        certificate = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False).sign(self._key, SHA256())
        _write_key(files.key, key)
        files.certificate.write_bytes(certificate.public_bytes(Encoding.PEM))


def _subject(name: str, groups: tuple[str, ...]) -> x509.Name:
    # Kubernetes reads the user from the common name and the groups from the organizations.
    organizations = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
    return x509.Name([*organizations, x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    # An hour back, for a clock that is set back.
    start = datetime.now(UTC) - timedelta(hours=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + _LIFETIME)
    )


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    path.touch(mode=0o600)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
