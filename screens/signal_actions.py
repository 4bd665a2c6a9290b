"""What can be done with signals: one line each, as in `screens.actions`."""

from __future__ import annotations

from screens.registry import Action

SIGNALS = "signals"
_WITH_SIGNAL = frozenset({SIGNALS})

OF_SIGNALS: tuple[Action, ...] = (
    Action(
        "signal.acknowledge",
        ("a",),
        "acknowledge",
        "say what it was",
        _WITH_SIGNAL,
        "signal.acknowledge",
        10,
    ),
    Action(
        "signal.incident",
        ("I",),
        "incident",
        "make an incident of it, with its evidence",
        _WITH_SIGNAL,
        "signal.incident",
        11,
    ),
    Action(
        "signal.suppress",
        ("E",),
        "suppress",
        "keep its like from being shown until an end, with owner and reason",
        _WITH_SIGNAL,
        "signal.suppress",
        12,
    ),
    Action(
        "signal.readers",
        ("r",),
        "readers",
        "how each log is read, and which fell silent",
        _WITH_SIGNAL,
        rank=13,
    ),
)
