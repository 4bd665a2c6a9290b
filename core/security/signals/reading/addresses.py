"""Whom an address stands for: of IPv6 its /64, for whoever has one of its addresses has them all. Pure."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

WHOLE = "whole"
"""The field of a sighting that holds the address itself where `address` holds its /64."""
PREFIX = 64
REMEMBERED = 2000
_TRANSLATED = IPv6Network("64:ff9b::/96")
_WITHOUT_PREFIX = IPv6Network("::/64")


@lru_cache(REMEMBERED)
def group_of(address: str) -> str:
    """Returns what an address is counted under: of IPv6 its /64 (`2001:db8:1:2::/64`), and what is written for IPv4 as that.

    Addresses of IPv4, names of hosts, and ::1 are counted as they are; of an address on a link its scope stays.
    """
    try:
        found = IPv6Address(address)
    except ValueError:
        return address
    v4 = _written_for_ipv4(found)
    if v4 is not None:
        return str(v4)
    if found in _WITHOUT_PREFIX:
        return address
    begin = IPv6Address(int(found) >> PREFIX << PREFIX)
    return f"{begin}%{found.scope_id}/{PREFIX}" if found.scope_id else f"{begin}/{PREFIX}"


def _written_for_ipv4(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return IPv4Address(int(address) & 0xFFFF_FFFF) if address in _TRANSLATED else None


def grouped(fields: Mapping[str, str], name: str) -> Mapping[str, str]:
    """Returns the fields of a sighting with that one as what it is counted under, and what it was as `WHOLE`."""
    address = fields.get(name, "")
    if ":" not in address or (group := group_of(address)) == address:
        return fields
    return {**fields, name: group} if "/" not in group else {**fields, name: group, WHOLE: address}
