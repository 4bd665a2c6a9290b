"""Whom a signal is about, and that nobody judges one about themselves: who would hide something asks somebody else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.gate.people import noted_refusal
from core.security.grants.people import names_of
from core.security.signals.model import OTHERS
from core.security.signals.readers import OWN

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from core.security.signals.model import Signal
    from core.store.work import Work

_DOER = re.compile(r"#\d+ (?P<name>[^:]+): ")
"""How an entry of the journal is shown as evidence: its number, who did it, and what it says (core.security.signals.own)."""


def is_about(found: Signal, names: AbstractSet[str]) -> bool:
    """Tells whether a signal is about who goes by these names, in small letters.

    One about others names each of them in its lines; one of the journal is also about who did what its lines say.
    """
    if found.about.lower() in names:
        return True
    if found.about == OTHERS and any(line.partition(": ")[0].lower() in names for line in found.samples):
        return True
    if found.source != OWN.id:
        return False
    doers = (_DOER.search(line) for line in found.samples)
    return any(doer is not None and doer["name"].lower() in names for doer in doers)


def refuse_own(work: Work, found: Signal, doing: str, others: str) -> None:
    """Raises NotPermitted, which is recorded, where a signal is about the actor; says which `others` may do it."""
    if is_about(found, names_of(work.connection, work.actor)):
        raise noted_refusal(
            work, f"{found.label} is about you ({found.title}): nobody {doing} a signal about themselves",
            f"Have {others} do it, or make it an incident",
        )  # fmt: skip
