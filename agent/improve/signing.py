"""Ed25519 signatures of a ledger's head, by `cryptography` (the extra `improve`)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify_agent.verifier.errors import BadInput, ToolMissing

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

_INSTALL = "pip install 'verify-agent[improve]'"


@dataclass(frozen=True)
class Ed25519:
    """A key pair, or the public half of one, with which nothing can be signed."""

    public: Ed25519PublicKey
    private: Ed25519PrivateKey | None = None

    def sign(self, text: str) -> str:
        """The signature of a text, in hexadecimal; `BadInput` without the private half."""
        if self.private is None:
            raise BadInput("only the public half of the key is here", expected="the private half")
        signature: bytes = self.private.sign(text.encode())
        return signature.hex()

    def verifies(self, text: str, signature: str) -> bool:
        """Whether a signature is this key's of the text."""
        from cryptography.exceptions import InvalidSignature

        try:
            self.public.verify(bytes.fromhex(signature), text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


def load_key(path: Path) -> Ed25519:
    """A key out of a PEM file, private or public; `BadInput` where it is none."""
    serialization, ed25519 = _library()
    data = path.read_bytes()
    try:
        if b"PRIVATE" in data:
            private = serialization.load_pem_private_key(data, None)
            if isinstance(private, ed25519.Ed25519PrivateKey):
                return Ed25519(private.public_key(), private)
        else:
            public = serialization.load_pem_public_key(data)
            if isinstance(public, ed25519.Ed25519PublicKey):
                return Ed25519(public)
    except (ValueError, TypeError) as error:
        raise BadInput(f"the key can't be read: {error}", where=str(path)) from error
    raise BadInput("it is no Ed25519 key", where=str(path))


def make_key(path: Path) -> Ed25519:
    """A new private key in a file that only its owner can read; the public half beside it."""
    serialization, ed25519 = _library()
    private = ed25519.Ed25519PrivateKey.generate()
    secret = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secret)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    path.with_suffix(path.suffix + ".pub").write_bytes(public)
    return Ed25519(private.public_key(), private)


def _library() -> tuple[Any, Any]:
    """The library's modules for keys in files and for Ed25519."""
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError as error:
        raise ToolMissing("`cryptography` is not installed", advice=_INSTALL) from error
    return serialization, ed25519
