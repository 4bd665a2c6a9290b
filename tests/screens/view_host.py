"""A console around one view, for tests: it has a picture and answers from a mapping instead of a database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import App, ComposeResult

import styles
from core.monitoring.model import State, Status
from core.monitoring.queries import BoardRow
from screens import themes
from screens.picture import Patch, Picture, Vital
from screens.staleness import FRESH
from screens.widgets.canvas import Canvas
from screens.widgets.glyphs import UNICODE, Glyphs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.screen import ModalScreen

    from core.presence.model import Present
    from screens.moment import Moment
    from screens.view import View

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def board_row(name: str, state: State = State.OK, *, needs: Sequence[str] = (), version: int = 1) -> BoardRow:
    """A component on the board."""
    status = Status(name, version, state, True, NOON, f"{name} is {state}", False, (), None)
    return BoardRow(status, name.capitalize(), "shop", "kim", tuple(needs))


def picture_of(*rows: BoardRow) -> Picture:
    """A picture with nothing but a board."""
    picture = Picture()
    picture.apply(
        Patch(Vital({}, None, None), board={r.status.id: r for r in rows}, whole=True, whole_board=True)
    )
    return picture


class ViewHost(App[None]):
    """Shows one view; what it says and where it goes is kept."""

    CSS_PATH = str(Path(next(iter(styles.__path__))) / "console.tcss")
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012  (the framework declares it without ClassVar)
        (0, "-narrow"), (60, "-normal"), (100, "-wide"), (160, "-wall"),
    ]  # fmt: skip

    def __init__(
        self, view: View, picture: Picture, answers: Mapping[Callable[..., Any], Any] | None = None
    ) -> None:
        super().__init__()
        themes.register(self)
        self.theme = themes.theme_names()[0]
        self.shown, self.picture, self.answers = view, picture, dict(answers or {})
        self.said: list[str] = []
        self.gone_to: list[tuple[str, str]] = []
        self.commands: list[tuple[Any, ...]] = []
        self.drafts: dict[str, Mapping[str, str]] = {}
        self.looks: dict[str, Mapping[str, str]] = {}
        self.person, self.stale, self.operates = "kim", FRESH, False
        self.then: Moment | None = None
        self.boxes: list[Any] = []
        self.others: tuple[Present, ...] = ()

    @property
    def glyphs(self) -> Glyphs:
        return UNICODE

    def compose(self) -> ComposeResult:
        yield self.shown

    async def ask(self, question: Callable[..., Any], *args: Any, **named: Any) -> Any:
        answer = self.answers[question]
        return answer(*args, **named) if callable(answer) else answer

    async def command(self, command: Callable[..., Any], *args: Any, done: str = "", **named: Any) -> Any:
        self.commands.append((command, *args))
        return self.answers.get(command)

    async def box(self, box: ModalScreen[Any]) -> Any:
        self.boxes.append(box)
        return await self.push_screen_wait(box)

    def say(self, text: str, *, bad: bool = False) -> None:
        self.said.append(text)

    def say_here(self, text: str) -> None:
        self.say(text, bad=True)

    def go_to(self, view: str, argument: str = "") -> None:
        self.gone_to.append((view, argument))

    def start_run(self, run_id: int) -> None:
        raise AssertionError(run_id)

    def draft_of(self, place: str) -> Mapping[str, str]:
        return self.drafts.get(place, {})

    def keep_draft(self, place: str, fields: Mapping[str, str]) -> None:
        self.drafts[place] = dict(fields)

    def look_of(self, place: str) -> Mapping[str, str]:
        return self.looks.get(place, {})

    def keep_look(self, place: str, fields: Mapping[str, str]) -> None:
        self.looks[place] = dict(fields)

    def footer_changed(self) -> None:
        pass

    def text(self) -> str:
        """Returns what the view shows, canvas by canvas."""
        lines = []
        for canvas in self.shown.query(Canvas):
            if canvas.display and canvas.size.height:
                canvas.show()
                lines += [canvas.render_line(y).text.rstrip() for y in range(canvas.size.height)]
        return "\n".join(lines)
