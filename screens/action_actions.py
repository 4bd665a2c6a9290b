"""What can be done with corrective actions: one line each, as in `screens.actions`."""

from __future__ import annotations

from screens.registry import Action

ACTIONS_VIEW, CAUSES, ENDS = "actions", "causes", "ends"
_HERE = frozenset({ACTIONS_VIEW})

OF_ACTIONS: tuple[Action, ...] = (
    Action("action.new", ("n",), "new", "open a corrective action", _HERE, "action.draft", 20),
    Action("action.revise", ("e",), "edit", "write its fields", _HERE, "action.revise", 21),
    Action(
        "action.evidence", ("l",), "evidence", "add what shows that something was done, also a file", _HERE, "action.revise", 22
    ),
    Action(
        "action.approve", ("a",), "approve", "approve what is planned, where the catalog asks for it", _HERE, "action.approve", 23
    ),
    Action("action.done", ("d",), "done", "say that it was carried out", _HERE, "action.revise", 24),
    Action(
        "action.close", ("R",), "check", "say what the check of its effectiveness showed: it works, or does not", _HERE,
        "action.close", 25,
    ),
    Action("action.refute", (), "does not work", "say that it is to be done anew", _HERE, "action.refute"),
    Action("action.cancel", ("K",), "give up", "give it up, with the reason", _HERE, "action.cancel"),
    Action("action.reopen", ("J",), "reopen", "open it again, with the reason", _HERE, "action.reopen"),
    Action("action.causes", ("x",), "causes", "which causes come again", _HERE, rank=26),
)  # fmt: skip
