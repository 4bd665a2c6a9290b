"""When a certificate ends, read from its DER bytes, also where nobody verified it.

Walks just far enough into RFC 5280's structure: Certificate → tbsCertificate → validity → notAfter.
"""

from __future__ import annotations

from datetime import UTC, datetime

from core.errors import BadInput

_SEQUENCE, _VERSION, _UTC_TIME, _GENERALIZED_TIME = 0x30, 0xA0, 0x17, 0x18


def not_after(der: bytes) -> datetime:
    """Returns the end of validity, aware, in UTC; raises BadInput when the bytes are no certificate."""
    try:
        certificate = _inner(der, 0)
        body = _inner(der, certificate)
        place = body
        if der[place] == _VERSION:
            place = _next(der, place)
        for _ in range(3):  # serial number, signature algorithm, issuer
            place = _next(der, place)
        begin = _inner(der, place)  # validity → notBefore
        end = _next(der, begin)
        return _instant(der, end)
    except (IndexError, ValueError) as error:
        raise BadInput("the certificate cannot be read") from error


def _length(der: bytes, place: int) -> tuple[int, int]:
    """Returns where the contents of the element at `place` begin, and how long they are."""
    first = der[place + 1]
    if first < 0x80:
        return place + 2, first
    count = first & 0x7F
    if not 1 <= count <= 4:
        raise ValueError(count)
    return place + 2 + count, int.from_bytes(der[place + 2 : place + 2 + count], "big")


def _inner(der: bytes, place: int) -> int:
    if der[place] != _SEQUENCE:
        raise ValueError(der[place])
    return _length(der, place)[0]


def _next(der: bytes, place: int) -> int:
    begin, length = _length(der, place)
    return begin + length


def _instant(der: bytes, place: int) -> datetime:
    begin, length = _length(der, place)
    text = der[begin : begin + length].decode("ascii")
    if der[place] == _UTC_TIME:
        # RFC 5280, 4.1.2.5.1: years from 50 on are of the last century.
        text = ("19" if int(text[:2]) >= 50 else "20") + text
    elif der[place] != _GENERALIZED_TIME:
        raise ValueError(der[place])
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
