"""A console worked from the keyboard, on a real database."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from textual.widgets import Button

from core.catalog.model import Staff
from core.journal.model import Via
from core.store.work import Author
from screens.widgets.grid import Grid
from tests.screens.scene import console, settle, settle_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from textual.pilot import Pilot

    from console.app import Console
    from core.catalog.model import Catalog

LEE = Author("lee", Via.CONSOLE, "console:host:4:0000")
"""A lead, where the catalog has one: `with_a_lead`."""


class Desk:
    """A console at a keyboard."""

    def __init__(self, pilot: Pilot[int], app: Console) -> None:
        self.pilot, self.app = pilot, app

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
        await settle(self.pilot)

    async def write(self, text: str) -> None:
        """Types into the box that just opened, once it listens."""
        await self.pilot.pause(0.3)
        await self.press(*("space" if c == " " else c for c in text))

    async def until(self, holds: Callable[[], Any]) -> None:
        """Waits until something holds; fails with what is seen."""
        for _ in range(500):
            if holds():
                return
            await self.pilot.pause(0.02)
        raise AssertionError(self.seen)

    async def until_seen(self, words: str) -> None:
        """Waits until these words stand on the screen."""
        for _ in range(500):
            if words in self.seen:
                return
            await self.pilot.pause(0.02)
        raise AssertionError(f"not seen: {words!r} in\n{self.seen}")

    async def until_said(self, words: str) -> None:
        """Waits until the message line says these words."""
        for _ in range(200):
            if words in self.said:
                return
            await self.pilot.pause(0.02)
        raise AssertionError(f"not said: {words!r}; the last was {self.said!r}")

    async def at_list(self, view: str, rows: int) -> None:
        """Waits until the list of a view is there with so many rows."""
        await settle_in(self.pilot, view)
        await self.until(lambda: self.grid.is_loaded and len(self.grid.model.rows) == rows)

    async def at_request(self, label: str) -> None:
        """Goes from the queue to a request, and waits until all of it is read."""
        await settle_in(self.pilot, "queue")
        self.app.go_to("request", label)
        await settle_in(self.pilot, "request")
        await self.until(lambda: f"{label} " in self.seen and "reading" not in self.seen)

    async def fill_in(self, *texts: str) -> None:
        """Types a text into each field of a form, and saves."""
        for n, text in enumerate(texts):
            if n:
                await self.press("down")
            await self.write(text)
        await self.press("f2")

    async def confirm(self, word: str) -> None:
        """Presses the button of a box that asks."""
        await self.pilot.pause(0.3)
        button = next(each for each in self.app.screen.query(Button) if str(each.label) == word)
        button.focus()
        await self.press("enter")

    @property
    def said(self) -> str:
        return self.app._said.text

    @property
    def seen(self) -> str:
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in line) for line in strips)

    @property
    def grid(self) -> Grid[Any]:
        assert self.app.view is not None
        return self.app.view.query(Grid).first()


@asynccontextmanager
async def desk_at(place: Path, view: str, size: tuple[int, int] = (100, 30)) -> AsyncIterator[Desk]:
    """Opens a console at a view, and gives its keyboard."""
    app = console(place, view)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        yield Desk(pilot, app)


def with_a_lead(catalog: Catalog) -> None:
    """Declares Lee, a lead."""
    catalog.staff["lee"] = Staff("lee", "Lee Marsh", role="lead")
