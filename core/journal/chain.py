"""The chain: each entry's hash covers the entry and the hash before it.

The bytes are length-prefixed, so that no two different entries share them, and cover the stored
text of the body, so that one verifier serves every database.
"""

from __future__ import annotations

from hashlib import sha256

Record = tuple[int, int, str, str, str, str, str, str, int | None, str | None, str]
"""An entry as it is stored and exported: the values of RECORD_FIELDS."""
RECORD_FIELDS = (
    "seq", "at", "actor", "via", "kind", "subject_kind", "subject_id", "body", "cause", "key", "hash",
)  # fmt: skip


def link(before: str, seq: int, at_micros: int, *texts: str) -> str:
    """Returns the hash (64 hex digits) of entry `seq` whose predecessor's hash is `before` (empty for the first)."""
    digest = sha256(f"{before}|{seq}|{at_micros}".encode())
    for text in texts:
        data = text.encode("utf-8", "surrogatepass")
        digest.update(b"|%d:" % len(data))
        digest.update(data)
    return digest.hexdigest()


def record_link(before: str, record: Record) -> str:
    """Returns the hash that a stored entry must carry behind an entry with the hash `before`: `link`, in a third less time."""
    seq, at, actor, via, kind, about, about_id, body, cause_number, key_text, _ = record
    cause, key = str(cause_number or ""), key_text or ""
    whole = (
        f"{before}|{seq}|{at}|{len(actor)}:{actor}|{len(via)}:{via}|{len(kind)}:{kind}|{len(about)}:{about}"
        f"|{len(about_id)}:{about_id}|{len(body)}:{body}|{len(cause)}:{cause}|{len(key)}:{key}"
    )
    if whole.isascii():  # only then is a length in letters one in bytes
        return sha256(whole.encode()).hexdigest()
    return link(before, seq, at, actor, via, kind, about, about_id, body, cause, key)
