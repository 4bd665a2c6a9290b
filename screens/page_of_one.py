"""The page of one subject: what it is above, what happened to it below, which follows its end unless it was scrolled away."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.binding import Binding, BindingType

from screens.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screens.widgets.lines import Lines

Read = TypeVar("Read")
SCROLLING: list[BindingType] = [
    Binding("down,j", "scroll(1)", show=False),
    Binding("up,k", "scroll(-1)", show=False),
    Binding("pagedown,ctrl+d", "scroll(10)", show=False),
    Binding("pageup,ctrl+u", "scroll(-10)", show=False),
    Binding("home,g", "scroll(-100000)", show=False),
    Binding("end,G", "scroll(100000)", show=False),
]
"""The keys of a text that is moved and has no cursor."""


class PageOfOne(Reading[Read], can_focus=True):
    """Belongs to the list `of_list`, whose name on the way here is `list_name`; shows what `argument` names."""

    of_list: ClassVar[str]
    list_name: ClassVar[str]
    has_then = True
    BINDINGS: ClassVar[list[BindingType]] = SCROLLING

    def __init__(self, text: Lines) -> None:
        super().__init__(id=f"view-{self.view_id}")
        self._label = ""
        self._is_read = False
        self._text = text

    @property
    def tab_of(self) -> str:
        """Returns the list it belongs to."""
        return self.of_list

    def crumbs(self) -> Sequence[str]:
        """Returns the way here."""
        return (self.list_name, self._label)

    def argument(self) -> str:
        """Returns which one."""
        return self._label

    def subject_ids(self) -> tuple[str, ...]:
        """Returns its label."""
        return (self._label,) if self._label else ()

    def action_scroll(self, by: int) -> None:
        """Moves what happened; at its end it follows again."""
        self._text.scroll_by(by)
