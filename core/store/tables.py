"""Every house's tables, imported so that the whole schema stands in the one MetaData.

Migrations and their test need all of them at once; nothing else does.
"""

from __future__ import annotations

from core.catalog import tables as catalog
from core.desk import tables as desk
from core.desk.escalation import tables as escalation
from core.desk.finding import tables as finding
from core.desk.links import tables as links
from core.desk.messages import tables as messages
from core.desk.oncall import tables as oncall
from core.desk.problems import tables as problems
from core.desk.requests import tables as requests
from core.desk.shifts import tables as shifts
from core.gate import tables as gate
from core.improvement import tables as improvement
from core.improvement.surveys import tables as surveys
from core.improvement.training import tables as training
from core.journal import tables as journal
from core.monitoring import tables as monitoring
from core.monitoring.revisions import tables as revisions
from core.operations import tables as operations
from core.operations.windows import tables as windows
from core.presence import tables as presence
from core.security.findings import tables as findings
from core.security.grants import tables as grants
from core.security.requests import tables as access_requests
from core.security.reviews import tables as reviews
from core.security.signals import tables as signals
from core.store import lease, schema
from core.store.metadata import metadata

__all__ = [
    "access_requests",
    "catalog",
    "desk",
    "escalation",
    "finding",
    "findings",
    "gate",
    "grants",
    "improvement",
    "journal",
    "lease",
    "links",
    "messages",
    "metadata",
    "monitoring",
    "oncall",
    "operations",
    "presence",
    "problems",
    "requests",
    "reviews",
    "revisions",
    "schema",
    "shifts",
    "signals",
    "surveys",
    "training",
    "windows",
]
