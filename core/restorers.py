"""Every house's way to take a change back: what a console hands to `core.gate.undo`."""

from __future__ import annotations

from core.desk.links.commands import RESTORERS as OF_LINKS
from core.desk.problems.undo import RESTORER as OF_PROBLEMS
from core.desk.requests.attending import RESTORER as OF_WATCHING
from core.desk.requests.checklists import RESTORER as OF_CHECKLISTS
from core.desk.requests.undo import RESTORER as OF_REQUESTS
from core.desk.undo import RESTORER as OF_INCIDENTS
from core.improvement.undo import RESTORER as OF_CORRECTIVE_ACTIONS
from core.monitoring.revisions.undo import RESTORER as OF_THRESHOLDS
from core.security.findings.undo import RESTORER as OF_FINDINGS
from core.security.grants.undo import RESTORER as OF_GRANTS
from core.security.signals.undo import RESTORER as OF_SIGNALS

RESTORERS = (
    OF_INCIDENTS, OF_REQUESTS, OF_WATCHING, OF_CHECKLISTS, *OF_LINKS, OF_PROBLEMS, OF_CORRECTIVE_ACTIONS, OF_FINDINGS,
    OF_GRANTS, OF_SIGNALS, OF_THRESHOLDS,
)  # fmt: skip
