"""What can be done with grants: one line each, as in `screens.actions`."""

from __future__ import annotations

from screens.registry import Action

ACCESS = "access"
_WITH_GRANT = frozenset({ACCESS})

OF_GRANTS: tuple[Action, ...] = (
    Action(
        "grant.decide",
        ("D",),
        "decide",
        "choose what is to become of a difference: grant it, end it, or leave it alone",
        _WITH_GRANT,
        rank=10,
    ),
    Action(
        "grant.accept",
        ("E",),
        "grant",
        "grant it here, with owner, reason and end; again: for longer",
        _WITH_GRANT,
        "grant.accept",
        11,
    ),
    Action(
        "grant.end",
        ("V",),
        "end",
        "end it: what its source still shows is to be removed there",
        _WITH_GRANT,
        "grant.end",
        12,
    ),
    Action(
        "grant.ignore",
        ("K",),
        "leave alone",
        "leave the difference alone until a day, with the reason",
        _WITH_GRANT,
        "grant.ignore",
        13,
    ),
    Action("grant.assign", ("A",), "owner", "say who answers for it", _WITH_GRANT, "grant.assign", 14),
    Action(
        "grant.sources",
        ("r",),
        "sources",
        "how each source was read, when, and what went wrong; one chosen is shown alone",
        _WITH_GRANT,
        rank=17,
    ),
    Action("grant.note", ("l",), "log", "write one line on its time line", _WITH_GRANT, "grant.note", 15),
)
