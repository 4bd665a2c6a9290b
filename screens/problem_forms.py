"""The forms in which problems are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.desk.problems.commands import ONE_LINE
from core.desk.problems.model import EDITABLE
from core.sentences import LONGEST
from screens.boxes.form import FormField, is_said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LABELS = {
    "title": ("title: what happens again and again", ""),
    "component": ("component", "whose next incident is offered the workaround"),
    "service": ("service", ""),
    "owner": ("owner", "who looks for the cause"),
    "cause": ("cause: why it happens", ""),
    "workaround": ("workaround: what helps until it is mended", ""),
}
_SEVERAL_LINES = frozenset({"cause", "workaround"})


def problem_fields(values: Mapping[str, str], only: Sequence[str] = EDITABLE) -> list[FormField]:
    """Returns the form of a problem, or some of its fields; its title must be written, and in a form of some, every one."""
    is_whole = tuple(only) == EDITABLE
    return [
        FormField(
            name, _LABELS[name][0], values.get(name, ""), _LABELS[name][1],
            check=is_said if name == "title" or not is_whole else None,
            keeps_lines=name in _SEVERAL_LINES, longest=ONE_LINE.get(name, LONGEST),
        )
        for name in only
    ]  # fmt: skip
