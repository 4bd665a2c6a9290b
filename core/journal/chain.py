"""The chain: each entry's hash covers the entry and the hash before it.

The bytes are length-prefixed, so that no two different entries share them, and cover the stored
text of the body, so that one verifier serves every database.
"""

from __future__ import annotations

from hashlib import sha256


def link(before: str, seq: int, at_micros: int, *texts: str) -> str:
    """Returns the hash (64 hex digits) of entry `seq` whose predecessor's hash is `before` (empty for the first)."""
    digest = sha256(f"{before}|{seq}|{at_micros}".encode())
    for text in texts:
        data = text.encode("utf-8", "surrogatepass")
        digest.update(b"|%d:" % len(data))
        digest.update(data)
    return digest.hexdigest()
