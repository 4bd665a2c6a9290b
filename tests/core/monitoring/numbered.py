"""Numbers for the probes of a catalog that no database holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.catalog.model import Catalog
    from core.monitoring.schedule import Key


def numbered(catalog: Catalog) -> dict[Key, int]:
    """Returns a number for each probe, in the order declared."""
    keys = [(c.id, p.id) for c in catalog.components.values() for p in c.probes]
    return {key: n for n, key in enumerate(keys, 1)}
