"""What a view may ask of the console around it. Views know this protocol, not the application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.screen import ModalScreen
    from textual.widget import Widget

    from core.presence.model import Present
    from screens.boxes.draft import Draft
    from screens.moment import Moment
    from screens.picture import Picture
    from screens.staleness import Stale
    from screens.widgets.glyphs import Glyphs

T = TypeVar("T")


class Floor(Protocol):
    """The console as views see it."""

    @property
    def picture(self) -> Picture:
        """What is known of the house."""
        ...

    @property
    def person(self) -> str:
        """Who is at the keyboard."""
        ...

    @property
    def glyphs(self) -> Glyphs:
        """The signs this terminal can show."""
        ...

    @property
    def stale(self) -> Stale:
        """What of the picture may not be taken for now."""
        ...

    @property
    def then(self) -> Moment | None:
        """The moment of the past that views which can are to show; None for now."""
        ...

    @property
    def operates(self) -> bool:
        """Whether this console is in OPERATE."""
        ...

    @property
    def others(self) -> Sequence[Present]:
        """Who else is here, and what they have open."""
        ...

    async def ask(self, question: Callable[..., T], *args: Any, **named: Any) -> T:
        """Asks the database, on its own thread."""
        ...

    async def command(
        self, command: Callable[..., T], *args: Any, done: str = "", draft: Draft | None = None,
        raises_moved: bool = False, **named: Any,
    ) -> T | None:  # fmt: skip
        """Carries out a command and says `done`; None when it was refused or failed, which is then said.

        Once it is carried out, the draft it was typed in is ended. With `raises_moved`, that its subject was
        changed by somebody else (Moved) is not said but raised.
        """
        ...

    async def box(self, box: ModalScreen[T]) -> T | None:
        """Shows a box and returns its answer; None when it was left."""
        ...

    def say(self, text: str, *, bad: bool = False) -> None:
        """Says one line."""
        ...

    def say_here(self, text: str) -> None:
        """Says why nothing was done on the screen in front; that leaves with it."""
        ...

    def go_to(self, view: str, argument: str = "") -> None:
        """Shows a view, with what it is to show."""
        ...

    async def replay(self, label: str) -> None:
        """Plays the story of an incident: the screens as they were, entry by entry."""
        ...

    def start_run(self, run_id: int) -> None:
        """Has a waiting run carried out."""
        ...

    def draft_of(self, place: str) -> Mapping[str, str]:
        """Returns what was typed at a place and not yet used."""
        ...

    def keep_draft(self, place: str, fields: Mapping[str, str]) -> None:
        """Keeps what is typed; empty fields end the draft."""
        ...

    def look_of(self, place: str) -> Mapping[str, str]:
        """Returns how this person last had something: columns, saved views."""
        ...

    def keep_look(self, place: str, fields: Mapping[str, str]) -> None:
        """Remembers how this person has something."""
        ...

    def edit(self, text: str, take: Callable[[str], None], tell: Callable[[str], None]) -> None:
        """Opens `text` in the person's editor; `take` gets what was written, `tell` why that was not possible."""
        ...

    def footer_changed(self) -> None:
        """Has the footer and crumbs shown anew: what can be done has changed."""
        ...


def floor_of(widget: Widget) -> Floor:
    """Returns the console around a widget."""
    return cast("Floor", widget.app)
