"""A text is taken out from the log, and no open console keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Input

from console import taking_in
from core.catalog.model import Staff
from core.desk.commands import note_incident
from core.errors import StoreBusy
from core.gate.model import Consent, Level
from core.journal import queries as journal
from core.journal.model import Subject
from core.redaction.commands import redact
from screens import picture
from tests.screens.at_the_keys import LEE, desk_at
from tests.screens.scene import make_night, settle_in, stand_still

if TYPE_CHECKING:
    from pathlib import Path

    from core.catalog.model import Catalog
    from core.store.store import Store

INCIDENT = Subject("incident", "2")
SURELY = Consent(Level.NAME, "I-2", "a password")


def with_admins(catalog: Catalog) -> None:
    for login in ("ana", "lee"):
        catalog.staff[login] = Staff(login, login.title(), role="admin")


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stand_still(monkeypatch)
    return make_night(tmp_path, with_admins)


async def test_it_is_taken_out_from_the_log(night: Path, other: Store) -> None:
    other.write(LEE, note_incident, 2, "they use hunter22 there")
    async with desk_at(night, "log", size=(120, 40)) as desk:
        await settle_in(desk.pilot, "log")
        await desk.until_seen("hunter22")
        await desk.press("g")
        desk.app.run_worker(desk.app.do("entry.redact"))
        await desk.until_seen("Take a text out of I-2")
        await desk.write("hunter22")
        await desk.confirm("Look")
        await desk.until_seen("Take it out of I-2 for good")
        assert "8 characters, stands 1 time" in desk.seen
        desk.app.screen.query_one("#name", Input).value = "I-2"
        desk.app.screen.query_one("#reason", Input).value = "a password"
        await desk.confirm("Take it out")
        await desk.until_seen("I-2 redacted: 8 characters taken out of entry")
        await desk.until(lambda: "hunter22" not in desk.seen)
        assert "they use [redacted] there" in desk.seen
    notes = [each.note for each in other.read(journal.of_subject, INCIDENT)]
    assert "they use [redacted] there" in notes


async def test_an_open_time_line_and_the_picture_let_go_of_it(night: Path, other: Store) -> None:
    other.write(LEE, note_incident, 2, "they use hunter22 there")
    async with desk_at(night, "incidents", size=(120, 40)) as desk:
        await settle_in(desk.pilot, "incidents")
        desk.app.go_to("incident", "I-2")
        await desk.until_seen("hunter22")
        other.write(LEE, redact, INCIDENT, "hunter22", SURELY)
        await desk.until_seen("they use [redacted] there")
        await desk.until(lambda: "hunter22" not in desk.seen)
        assert not any("hunter22" in each.note for each in desk.app.picture.entries)
        assert "a text was taken out of the journal" in desk.said


async def test_a_paused_console_lets_go_of_it_too(night: Path, other: Store) -> None:
    async with desk_at(night, "log", size=(120, 40)) as desk:
        await settle_in(desk.pilot, "log")
        await desk.press("p")
        other.write(LEE, note_incident, 2, "they use hunter22 there")
        await desk.until(lambda: desk.app.held_while_paused)
        other.write(LEE, redact, INCIDENT, "hunter22", SURELY)
        await desk.until_said("a text was taken out of the journal")
        await desk.press("p")
        await desk.until_seen("they use [redacted] there")
        assert "hunter22" not in desk.seen


async def test_a_console_lets_go_of_it_though_it_could_not_read_anew_at_once(
    night: Path, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk_at(night, "incidents", size=(120, 40)) as desk:
        await settle_in(desk.pilot, "incidents")
        desk.app.go_to("incident", "I-2")
        other.write(LEE, note_incident, 2, "they use hunter22 there")
        await desk.until_seen("hunter22")
        load, refused = picture.load, 0

        def busy_at_first(*args: Any) -> Any:
            nonlocal refused
            refused += 1
            if refused == 1:
                raise StoreBusy("another program holds the database", where="w.db")
            return load(*args)

        monkeypatch.setattr(picture, "load", busy_at_first)
        other.write(LEE, redact, INCIDENT, "hunter22", SURELY)
        await desk.until_seen("they use [redacted] there")
        assert "a text was taken out of the journal" in desk.said
        assert desk.app.trouble == ""
        assert refused == 2


async def test_after_more_than_a_paused_console_holds_it_reads_all_anew(
    night: Path, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking_in, "MOST_HELD", 3)
    async with desk_at(night, "log", size=(120, 40)) as desk:
        await settle_in(desk.pilot, "log")
        await desk.press("p")
        for number in range(5):
            other.write(LEE, note_incident, 2, f"note number {number}")
        await desk.until(lambda: desk.app.held_while_paused == 5)
        assert desk.app._held_news == []
        assert "note number" not in desk.seen
        await desk.press("p")
        assert "going on: 5 changes taken in" in desk.said
        await desk.until(lambda: all(f"note number {number}" in desk.seen for number in range(5)))
        other.write(LEE, note_incident, 2, "and one behind")
        await desk.until_seen("and one behind")


async def test_what_has_no_texts_is_told(night: Path) -> None:
    async with desk_at(night, "log", size=(120, 40)) as desk:
        await settle_in(desk.pilot, "log")
        await desk.press("slash")
        await desk.pilot.press(*"kind:component")
        await desk.press("enter")
        await desk.until(lambda: desk.grid.cursor_id is not None and "component." in desk.seen)
        await desk.app.do("entry.redact")
        assert "nobody types texts into" in desk.said
