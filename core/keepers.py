"""What houses keep beside their rows, made of the entries of a work: written in the same transaction, never journaled.

A house is imported only where an entry concerns it: most works have none that does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.store.work import Work

_WITH_WORDS = frozenset({"request", "incident"})


def keep_derived(work: Work) -> None:
    """Brings what is kept beside the rows to what they are now; called once a work's command is done."""
    if any(entry.subject.kind in _WITH_WORDS for entry in work.recorded):
        from core.desk.finding.keeping import keep_words

        keep_words(work)
