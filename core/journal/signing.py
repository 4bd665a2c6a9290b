"""Ed25519 (RFC 8032) over seals. The library behind it is imported when something is signed or checked, never before."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from core.errors import BadInput
from core.journal.sealing import digest, message

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    from core.journal.sealing import Seal

KEY_DIGITS = 64
SHOWN_DIGITS = 16
_HEX = frozenset("0123456789abcdef")


class PrivateKey:
    """An Ed25519 private key that signs seals."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.key_id = key.public_key().public_bytes_raw().hex()

    @classmethod
    def make(cls) -> PrivateKey:
        """Returns a new key."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, text: bytes, where: str) -> PrivateKey:
        """Returns the key in a PEM text (PKCS 8, no passphrase); raises BadInput, which never quotes it."""
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            key = load_pem_private_key(text, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise BadInput(
                "holds no Ed25519 private key in PEM without a passphrase", where=where,
                next_step="Make one with: watchfloor journal key --file FILE",
            )  # fmt: skip
        return cls(key)

    def sign(self, text: bytes) -> str:
        """Returns the signature over `text`, 128 hex digits."""
        return self._key.sign(text).hex()

    def pem(self) -> bytes:
        """Returns the private key as PEM: for a key source alone, never for a screen or a log."""
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def short(key_id: str) -> str:
    """Returns a key's name as people see it: its first digits; the whole is the public key."""
    return key_id[:SHOWN_DIGITS]


def public_pem(key_id: str) -> str:
    """Returns the public key as PEM, as other programs read it."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return _public(key_id).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def read_public_keys(data: bytes, where: str) -> frozenset[str]:
    """Returns the public keys in a text: PEM blocks, or 64 hex digits a line. Raises BadInput where there are none."""
    text = data.decode("ascii", "replace")
    found = {_from_pem(block + _PEM_END) for block in text.split(_PEM_END)[:-1]}
    if not found:
        found = {line.strip().lower() for line in text.splitlines() if line.strip()}
    if not found or not all(found_id and is_key_id(found_id) for found_id in found):
        raise BadInput(
            "holds no Ed25519 public key: neither PEM nor 64 hex digits a line", where=where,
            next_step="watchfloor journal key --public prints one, where the private key is",
        )  # fmt: skip
    return frozenset(found)


_PEM_END = "-----END PUBLIC KEY-----"


def _from_pem(block: str) -> str:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(block.strip().encode())
    except (ValueError, UnsupportedAlgorithm):
        return ""
    return key.public_bytes_raw().hex() if isinstance(key, Ed25519PublicKey) else ""


def is_key_id(text: str) -> bool:
    """Tells whether a text could be a key's name."""
    return len(text) == KEY_DIGITS and _HEX.issuperset(text)


def fits(seal: Seal) -> bool:
    """Tells whether a seal's signature is the one its key makes of it; an unsigned one's, whether its digest fits."""
    if not seal.key_id:
        return seal.sig == digest(seal)
    if not is_key_id(seal.key_id) or not _HEX.issuperset(seal.sig) or len(seal.sig) != 2 * KEY_DIGITS:
        return False
    from cryptography.exceptions import InvalidSignature

    try:
        _public(seal.key_id).verify(bytes.fromhex(seal.sig), message(seal))
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=16)
def _public(key_id: str) -> Ed25519PublicKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(key_id))
