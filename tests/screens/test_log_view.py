"""The log from the keyboard: from trouble to trouble, and a filter that makes nothing look gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core.journal.model import Entry, Subject, Via
from core.journal.queries import page
from core.journal.wording import sentence
from screens.actions import ACTIONS
from screens.log import PAGE, Log
from screens.log_troubles import tells_of_trouble
from screens.picture import Picture
from screens.registry import Registry
from tests.screens.view_host import ViewHost

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.pilot import Pilot

    from core.journal.log_filter import LogFilter

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def entry(seq: int, kind: str, subject: str = "incident:7", **changes: tuple[Any, Any]) -> Entry:
    named = Subject(*subject.split(":"))
    return Entry(seq, NOON - timedelta(minutes=500 - seq), "kim", Via.CONSOLE, kind, named, changes, "")


def changed(seq: int, **changes: tuple[Any, Any]) -> Entry:
    return entry(seq, "component.changed", "component:front", **changes)


TROUBLES = (
    entry(1, "incident.opened"), entry(2, "incident.failed_again"), entry(3, "incident.reopened"),
    entry(4, "catalog.refused", "catalog:catalog", problems=([], ["x"])),
    entry(5, "run.ended", "run:1", state=("running", "failed")),
    entry(6, "run.ended", "run:1", state=("running", "lost")),
    entry(7, "lease.taken", "lease:agent", holder=("a", "b"), over=(None, "a")),
    changed(8, state=("ok", "critical")), changed(9, state=("ok", "warning"), confirmed=(False, True)),
    changed(10, confirmed=(False, True)), changed(11, state=("critical", "unreachable")),
)  # fmt: skip
NO_TROUBLES = (
    entry(1, "incident.closed"), entry(2, "incident.taken"), entry(3, "catalog.mended", "catalog:catalog"),
    entry(4, "run.ended", "run:1", state=("running", "done")),
    entry(5, "run.ended", "run:1", state=("running", "cancelled")),
    entry(6, "lease.taken", "lease:agent", holder=("a", "b")),
    changed(7, state=("critical", "ok"), confirmed=(False, True)), changed(8, state=("ok", "critical"), confirmed=(True, False)),
    changed(9, state=("ok", "stopped")), changed(10, summary=("a", "b")), changed(11, flapping=(False, True)),
)  # fmt: skip


@pytest.mark.parametrize("told", TROUBLES, ids=sentence)
def test_what_broke_was_refused_or_was_lost_is_trouble(told: Entry) -> None:
    assert tells_of_trouble(told)


@pytest.mark.parametrize("told", NO_TROUBLES, ids=sentence)
def test_what_recovers_is_not_sure_or_was_done_is_none(told: Entry) -> None:
    assert not tells_of_trouble(told)


def test_a_duty_taken_over_says_from_whom() -> None:
    assert sentence(TROUBLES[6]) == "the watch taken over by b: a fell silent"
    assert sentence(NO_TROUBLES[5]) == "the watch taken by b"


def test_the_log_has_n_and_the_registry_tells_it() -> None:
    registry = Registry(ACTIONS)
    for key, action_id in (("n", "problem.next"), ("N", "problem.previous")):
        found = registry.for_key(key, "log")
        assert found is not None
        assert found.id == action_id
    assert "problem.next" in [action.id for action in registry.footer("log")]


def journal_of(entries: Sequence[Entry]) -> Callable[..., list[Entry]]:
    def answer(*, before: int | None, limit: int, wanted: LogFilter) -> list[Entry]:
        found = [e for e in entries if (before is None or e.seq < before) and wanted.lets_through(e)]
        return sorted(found, key=lambda e: -e.seq)[:limit]

    return answer


def host_with(*entries: Entry) -> ViewHost:
    return ViewHost(Log(), Picture(), {page: journal_of(entries)})


async def test_n_goes_to_older_trouble_and_round_and_shift_n_back() -> None:
    quiet = [entry(seq, "incident.noted") for seq in (1, 3, 4, 6)]
    host = host_with(*quiet, entry(2, "incident.opened"), entry(5, "incident.reopened"))
    async with host.run_test(size=(100, 30)) as pilot:
        log = host.shown
        assert isinstance(log, Log)
        log.shown("")
        await pilot.pause()
        visited = []
        for _ in range(3):
            log.do_problem_next()
            visited.append(log.subject_ids()[0])
        log.do_problem_previous()

        assert visited == ["5", "2", "5"]
        assert log.subject_ids() == ("2",)


async def test_n_reads_further_back_until_there_is_trouble() -> None:
    quiet = [entry(seq, "incident.noted") for seq in range(2, 2 * PAGE + 50)]
    host = host_with(*quiet, entry(1, "incident.opened"))
    async with host.run_test(size=(100, 30)) as pilot:
        log = host.shown
        assert isinstance(log, Log)
        log.shown("")
        await pilot.pause()

        log.do_problem_next()
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()

        assert log.subject_ids() == ("1",)


async def test_where_there_is_no_trouble_that_is_said() -> None:
    host = host_with(entry(1, "incident.noted"))
    async with host.run_test(size=(100, 30)) as pilot:
        log = host.shown
        assert isinstance(log, Log)
        log.shown("")
        await pilot.pause()
        log.do_problem_next()
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()

        assert host.said == ["no entry shown here tells of trouble"]


async def filtered(log: Log, pilot: Pilot[Any], text: str) -> None:
    """Filters the log and waits until what passes is shown."""
    log.set_filter(text)
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def test_no_entry_looks_gone_because_a_filter_hides_it() -> None:
    host = host_with(entry(1, "incident.opened"), entry(2, "incident.noted"))
    async with host.run_test(size=(100, 30)) as pilot:
        log = host.shown
        assert isinstance(log, Log)
        log.shown("")
        await pilot.pause()
        await filtered(log, pilot, "kind:opened")

        assert "gone" not in host.text()
        assert log.grid.model.rows == ["000000000001"]


async def test_a_log_in_which_nothing_passes_is_not_called_empty() -> None:
    host = host_with(entry(1, "incident.opened"))
    async with host.run_test(size=(100, 30)) as pilot:
        log = host.shown
        assert isinstance(log, Log)
        log.shown("")
        await pilot.pause()
        await filtered(log, pilot, "kind:nothing.like.it")
        assert "No entry there ever was passes the filter." in host.text()

        await filtered(log, pilot, "")
        assert log.grid.model.rows == ["000000000001"]


async def test_the_line_above_says_what_is_filtered_as_soon_as_it_is() -> None:
    view = Log()
    host = ViewHost(view, Picture(), {page: []})
    async with host.run_test(size=(80, 24)) as pilot:
        view.shown("")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        shown = [str(view.summary.render_line(0).text)]
        view.set_filter("kind:run")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        shown.append(view.summary.render_line(0).text)
        assert "every entry" in shown[0]
        assert "entries with kind:run" in shown[1]


async def test_what_does_not_pass_a_filter_cannot_be_marked_while_the_rest_is_read() -> None:
    host = host_with(entry(1, "incident.opened"), entry(2, "incident.noted"), entry(3, "incident.opened"))
    async with host.run_test(size=(100, 30)) as pilot:
        log = host.shown
        assert isinstance(log, Log)
        log.shown("")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        log.set_filter("kind:opened")  # its page is not read yet
        log.grid.model.mark_all()
        assert log.subject_ids() == ("3", "1")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert log.subject_ids() == ("3", "1")


async def test_older_entries_that_were_read_stay_when_the_newest_page_is_read_again() -> None:
    host = host_with(*(entry(seq, "incident.noted") for seq in range(1, PAGE + 51)))
    async with host.run_test(size=(100, 30)) as pilot:
        log = host.shown
        assert isinstance(log, Log)
        log.shown("")
        await pilot.app.workers.wait_for_complete()
        await log._fetch(log._oldest)
        log.grid.merge_held()
        log.grid.mark("000000000001", on=True)
        log.read_soon()
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert log.subject_ids() == ("1",)
