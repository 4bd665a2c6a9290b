"""What is done from the log: one line each, as in `screens.actions`."""

from __future__ import annotations

from screens.going_actions import LOG
from screens.registry import Action

OF_LOG: tuple[Action, ...] = (
    Action(
        "entry.redact",
        (),
        "redact",
        "take a text out for good, of what the entry is about: a password, a person's data",
        frozenset({LOG}),
        "redact",
    ),
)
