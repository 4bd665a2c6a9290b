"""What is said of a key that belongs to other screens than the one in front: what it does there, and which they are. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.registry import shown_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from screens.registry import Action

_NAMES = {
    "component": "a component", "request": "a request", "incident": "an incident", "run": "a run", "review": "a review",
    "home-queue": "Home", "replay": "a replay", "windows": "Maintenance windows",
}  # fmt: skip
LONGEST = 156
"""So much is said at most: two lines of a narrow terminal."""


def of_other_screens(key: str, actions: Sequence[Action]) -> str:
    """Returns where the actions of a key belong; with what each does where there is room, and else the screens alone."""
    labels = list(dict.fromkeys(action.label for action in actions))
    if len(labels) > 1:
        parts = [
            f"{label} is for {_some(_names(view for a in actions if a.label == label for view in a.where))}"
            for label in labels
        ]
        said = f"{shown_key(key)}: not on this screen; {'; '.join(parts)}"
        if len(said) <= LONGEST:
            return said
    names = _names(view for action in actions for view in action.where)
    begin = f"{labels[0] if len(labels) == 1 else shown_key(key)}: not on this screen; it is for "
    shown = len(names)
    while len(said := f"{begin}{_some(names, shown)}") > LONGEST:
        shown -= 1
    return said


def _names(views: Iterable[str]) -> list[str]:
    return sorted({_NAMES.get(view, view.replace("-", " ").capitalize()) for view in views})


def _some(names: Sequence[str], shown: int | None = None) -> str:
    """Returns names as `a, b and c`; with `shown` so many of them, and how many more there are."""
    first, last = names[:shown], f"{len(names) - (shown or 0)} more"
    if shown in (None, len(names)):
        *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
