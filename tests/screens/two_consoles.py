"""Two at the same night: what another console has open, and a form in which somebody writes here."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from textual.widgets import Input

from core.journal.model import Via
from core.presence.commands import be_here
from core.presence.model import Open
from core.store.work import Author
from screens.boxes.form import FormBox
from screens.widgets.canvas import Canvas
from tests.screens.scene import WITHIN_S, settle_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from console.app import Console
    from core.store.store import Store
    from screens.boxes.base import Box

ADA = Author("ada", Via.CONSOLE, "console:watch-2:7:aaaa")
BEN = Author("ben", Via.CONSOLE, "console:watch-4:9:cccc")


def is_open(store: Store, view: str, subject: str = "", editing: str = "", author: Author = ADA) -> None:
    """Says that somebody else has this open at another console."""
    store.write(author, be_here, "watch-2", Open(view, subject, editing))


def text_of(app: Console) -> str:
    """Returns all that is shown, boxes and what lies behind them."""
    lines = []
    for screen in app.screen_stack:
        for canvas in screen.query(Canvas):
            if canvas.display and canvas.size.height:
                canvas.show()
                lines += [canvas.render_line(y).text.rstrip() for y in range(canvas.size.height)]
        lines += [str(each.render()) for each in screen.query("Static").results() if each.display]
    return "\n".join(lines)


async def until(pilot: Pilot[int], holds: Callable[[str], bool]) -> str:
    """Waits until what is shown holds; returns it."""
    async with asyncio.timeout(WITHIN_S):
        while not holds(text := text_of(pilot.app)):  # type: ignore[arg-type]
            await pilot.pause(0.05)
    return text


async def box_of(pilot: Pilot[int], kind: type[Box[Any]]) -> Box[Any]:
    """Waits for a box of this kind, until it listens; returns it."""
    async with asyncio.timeout(WITHIN_S):
        while not isinstance(pilot.app.screen, kind) or not pilot.app.screen.is_mounted:
            await pilot.pause(0.02)
    await pilot.pause(0.3)  # it is deaf at first
    assert isinstance(pilot.app.screen, kind)
    return pilot.app.screen


def write(box: Box[Any], **fields: str) -> None:
    """Puts these texts into the fields of a box."""
    for name, text in fields.items():
        box.query_one(f"#f-{name}" if box.query(f"#f-{name}") else f"#{name}", Input).value = text


async def editing(app: Console, pilot: Pilot[int], **fields: str) -> None:
    """Opens the form of A-1 and types, but does not save yet."""
    await settle_in(pilot, "actions")
    await pilot.press("e")
    write(await box_of(pilot, FormBox), **fields)
    await pilot.pause()
