"""How a field is marked that came after others of its class."""

from __future__ import annotations

from types import MappingProxyType

LATER = MappingProxyType({"later": True})
"""Metadata of a field that came later: kept only where it differs from its default, so that what was declared before it
came is not another for it."""
