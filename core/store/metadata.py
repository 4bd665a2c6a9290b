"""The one MetaData that every house's `tables` module adds to."""

from __future__ import annotations

from sqlalchemy import MetaData

metadata = MetaData()
