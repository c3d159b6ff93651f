"""Signatures of JSON web tokens, by algorithm (Kong: kong/plugins/jwt/jwt_parser.lua, alg_verify)."""

import hmac
from collections.abc import Callable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_public_key

_HASHES: dict[str, Callable[[], hashes.HashAlgorithm]] = {
    "256": hashes.SHA256,
    "384": hashes.SHA384,
    "512": hashes.SHA512,
}
_EC_BYTES = {"256": 64, "384": 96, "512": 132}

ALGORITHMS = frozenset(f"{family}{size}" for family in ("HS", "RS", "ES", "PS") for size in _HASHES)
"""What a token's header may name."""


def verify(algorithm: str, key: bytes, data: bytes, signature: bytes) -> bool:
    """Whether the signature fits. `key` is a secret for HS*, else a public key in PEM.

    Raises:
        ValueError: the key or the signature's size is not the algorithm's (Kong answers 500).
    """
    family, size = algorithm[:2], algorithm[2:]
    if family == "HS":
        return hmac.compare_digest(hmac.digest(key, data, f"sha{size}"), signature)
    return _verify_public(family, size, key, data, signature)


def _verify_public(family: str, size: str, key: bytes, data: bytes, signature: bytes) -> bool:
    public_key = load_pem_public_key(key)
    digest = _HASHES[size]()
    try:
        if family == "ES" and isinstance(public_key, ec.EllipticCurvePublicKey):
            public_key.verify(_der(signature, _EC_BYTES[size]), data, ec.ECDSA(digest))
        elif family == "RS" and isinstance(public_key, rsa.RSAPublicKey):
            public_key.verify(signature, data, padding.PKCS1v15(), digest)
        elif family == "PS" and isinstance(public_key, rsa.RSAPublicKey):
            pss = padding.PSS(padding.MGF1(digest), padding.PSS.AUTO)
            public_key.verify(signature, data, pss, digest)
        else:
            raise ValueError("the key is not of the algorithm's kind")
    except InvalidSignature:
        return False
    return True


def _der(signature: bytes, size: int) -> bytes:
    if len(signature) != size:
        raise ValueError(f"Signature must be {size} bytes.")
    half = size // 2
    return encode_dss_signature(int.from_bytes(signature[:half]), int.from_bytes(signature[half:]))
