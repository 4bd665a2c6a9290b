"""What can be done with findings: one line each, as in `screens.actions`."""

from __future__ import annotations

from screens.registry import Action

FINDINGS = "findings"
_WITH_FINDING = frozenset({FINDINGS})

OF_FINDINGS: tuple[Action, ...] = (
    Action(
        "finding.confirm",
        ("a",),
        "confirm",
        "say that it is there and does harm",
        _WITH_FINDING,
        "finding.confirm",
        10,
    ),
    Action("finding.take", ("t",), "take", "make it yours", _WITH_FINDING, "finding.assign", 11),
    Action(
        "finding.start", ("b",), "begin", "say that it is being corrected", _WITH_FINDING, "finding.start", 12
    ),
    Action(
        "finding.correct",
        ("d",),
        "corrected",
        "say that it is corrected; a report or a check is to show it",
        _WITH_FINDING,
        "finding.correct",
        13,
    ),
    Action(
        "finding.accept",
        ("E",),
        "accept",
        "accept its risk until a day, with owner and reason",
        _WITH_FINDING,
        "finding.accept",
        14,
    ),
    Action(
        "finding.verify",
        ("V",),
        "verify",
        "name the run of a check that shows that it is gone",
        _WITH_FINDING,
        "finding.verify",
        15,
    ),
    Action(
        "finding.rule_out",
        ("K",),
        "rule out",
        "say that it does not affect its component, and why",
        _WITH_FINDING,
        "finding.not_affected",
        16,
    ),
    Action("finding.assign", ("A",), "assign", "give it to somebody", _WITH_FINDING, "finding.assign"),
    Action("finding.grade", ("P",), "severity", "say how grave it is here", _WITH_FINDING, "finding.grade"),
    Action(
        "finding.note", ("l",), "log", "write one line on its time line", _WITH_FINDING, "finding.note", 17
    ),
    Action(
        "finding.reopen", ("J",), "reopen", "open it again, with the reason", _WITH_FINDING, "finding.reopen"
    ),
)
