"""A key that stands for the realm's: made once, kept, and given to the stack in place of the realm's public key."""

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from config.keys import normal_pem


def signing_key(file: Path) -> str:
    """The private key in PEM, made when there is none yet."""
    if not file.exists():
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(".partial")
        with open(partial, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as writing:
            writing.write(pem)
        partial.replace(file)
    return file.read_text()


def public_key(private_pem: str) -> str:
    """Its public half, as a stack's `auth.signingKey`."""
    return normal_pem(serialization.load_pem_private_key(private_pem.encode(), password=None).public_key())
