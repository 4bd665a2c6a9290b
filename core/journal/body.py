"""The stored text of what an entry changed; hashed, searched and parsed as it stands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.journal.model import Changes


def body_text(changes: Changes, note: str) -> str:
    """Returns `[changes, note]` as compact JSON, the same text for the same values."""
    return json.dumps([changes, note], ensure_ascii=False, separators=(",", ":"))
