"""The list of messages: what somebody must decide about stands first, and nothing is sent again or given up unasked."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from core.desk.messages import outbox
from core.desk.messages.model import Message, MessageState
from core.desk.messages.queries import listed_messages
from core.desk.messages.standing import Outbox
from core.journal.model import Subject
from core.store.store import Store
from core.timekeeping import utc_now
from screens.messages import Messages
from screens.picture import Patch
from tests.screens.at_the_keys import desk_at
from tests.screens.desk_scene import make_desk
from tests.screens.scene import ANA, stand_still
from tests.screens.view_host import ViewHost, picture_of

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

NOW = utc_now()
WAITS = Message(
    1, 3, Subject("request", "7"), "update", "mail", "kim@c.example", "A till", "It comes on Monday.", MessageState.WAITING, 2,
    NOW - timedelta(days=12, hours=1), NOW, None, "mail.acme.example:25: it takes too long to answer",
)  # fmt: skip
DEAD = replace(WAITS, id=2, state=MessageState.UNDELIVERED, trouble="550 no \x1b[31msuch user", next_at=None)
LOST = replace(
    WAITS, id=3, state=MessageState.UNKNOWN, about=Subject("incident", "4"), recipient="bob", channel="staff"
)
SENT = replace(WAITS, id=4, state=MessageState.SENT, sent_at=NOW, trouble="", next_at=None)
ALL = [WAITS, SENT, DEAD, LOST]


def host(found: list[Message] = ALL) -> ViewHost:
    picture = picture_of()
    standing = Outbox(WAITS.created_at, 1, 1, 1)
    picture.apply(Patch(replace(picture.vital, outbox=standing)))
    return ViewHost(Messages(), picture, {listed_messages: found})


async def begin(app: ViewHost, pilot: Any) -> Messages:
    view = app.shown
    assert isinstance(view, Messages)
    view.shown("")
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    return view


async def test_what_somebody_decides_about_stands_first_and_all_of_it_fits() -> None:
    app = host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = await begin(app, pilot)
        assert view.grid.model.rows == ["M-2", "M-3", "M-1", "M-4"]
        text = app.text()
        assert "1 waiting, the oldest for 12d" in text
        assert "1 undelivered" in text
        assert "1 not known" in text
        assert re.search(r"M-1 +tried 2x +12d +R-7 +kim@c.example", text)
        assert re.search(r"M-3 +not known +12d +I-4 +bob", text)
        assert "550 no such user" in text
        assert "It comes on Monday." in text  # the whole message is in the details


async def test_nothing_at_all_says_so() -> None:
    app = host([])
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(app, pilot)
        assert "Nothing was sent to anybody yet." in app.text()


async def test_what_is_possible_goes_by_where_it_stands() -> None:
    app = host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = await begin(app, pilot)
        expected = {"M-2": (True, True), "M-3": (True, True), "M-1": (False, True), "M-4": (False, False)}
        for name, can in expected.items():
            view.grid.go_to(name)
            assert tuple(view.why_not(f"message.{verb}") is None for verb in ("retry", "drop")) == can, name


async def test_a_box_that_is_left_does_nothing() -> None:
    app = host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = await begin(app, pilot)
        doing = app.run_worker(view.do_message_retry())
        await pilot.pause()
        await pilot.press("escape")
        await doing.wait()
    assert (len(app.boxes), app.commands) == (1, [])


async def test_giving_up_asks_why(monkeypatch: pytest.MonkeyPatch) -> None:
    app = host()

    async def answer(box: Any) -> Any:
        app.boxes.append(box)
        from screens.boxes.confirm import Confirmed

        return Confirmed("consent", "told by phone")  # type: ignore[arg-type]

    monkeypatch.setattr(app, "box", answer)
    async with app.run_test(size=(80, 24)) as pilot:
        view = await begin(app, pilot)
        await view.do_message_drop()
        await view.do_message_retry()
    (drop, number, consent, seen), retry = app.commands
    assert (number, consent, seen) == (2, "consent", 3)
    assert drop.keywords == {"reason": "told by phone"}
    assert retry == (outbox.retry_message, 2, "consent", 3)


async def test_enter_opens_what_it_is_about() -> None:
    app = host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = await begin(app, pilot)
        view.grid.go_to("M-3")
        await pilot.press("enter")
        await pilot.pause()
    assert app.gone_to == [("incident", "I-4")]


async def test_in_the_console_it_is_found_by_its_name_and_says_what_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_still(monkeypatch)
    place = make_desk(tmp_path)
    store = Store.at(place)
    said: dict[str, Any] = {
        "purpose": "update",
        "channel": "mail",
        "title": "News",
        "body": "It comes on Monday.",
    }
    about = Subject("request", "1")
    store.write(ANA, partial(outbox.queue, subject=about, recipient="kim@c.example", key="k", **said))
    store.close()
    async with desk_at(place, "queue") as there:
        await there.press("colon")
        await there.write("messages")
        await there.press("enter")
        await there.until_seen("kim@c.example")
        assert "M-1" in there.seen
        assert "It comes on Monday." in there.seen
        assert "1 waiting" in there.seen
        assert "give up" in there.seen
