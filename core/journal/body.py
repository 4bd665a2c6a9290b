"""The stored text of what an entry changed; hashed, searched and parsed as it stands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.journal.model import Changes

_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""Made once: `json.dumps` makes one for each text."""


def body_text(changes: Changes, note: str) -> str:
    """Returns `[changes, note]` as compact JSON, the same text for the same values."""
    return _written([changes, note])
