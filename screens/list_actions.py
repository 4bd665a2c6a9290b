"""What is done with a long list itself, whatever is in it."""

from __future__ import annotations

from screens.finding_actions import FINDINGS
from screens.grant_actions import ACCESS
from screens.registry import Action
from screens.review_actions import REVIEW
from screens.signal_actions import SIGNALS

_LISTS = frozenset({FINDINGS, ACCESS, SIGNALS, REVIEW})

OF_LISTS: tuple[Action, ...] = (
    Action(
        "list.view",
        ("w",),
        "which",
        "choose a view of the list: late, grave, yours, nobody decided …",
        _LISTS,
        rank=18,
    ),
    Action(
        "list.detail",
        ("i",),
        "details",
        "show the details of the row, or give their room to the list",
        _LISTS,
    ),
)
