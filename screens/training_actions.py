"""What can be done with training: one line each, as in `screens.actions`."""

from __future__ import annotations

from screens.registry import Action

TRAINING = "training"
_HERE = frozenset({TRAINING})

TO_TRAINING = Action(
    "go.training",
    (),
    "Training",
    "who has which training, and what is missing",
    handler="go_to",
    argument=TRAINING,
)
OF_TRAINING: tuple[Action, ...] = (
    Action("training.record", ("n",), "record", "record that somebody completed one", _HERE, "training.record", 10),
    Action(
        "training.withdraw", ("K",), "withdraw", "withdraw what was recorded, with the reason", _HERE, "training.withdraw", 11
    ),
)  # fmt: skip
