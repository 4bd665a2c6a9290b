"""The demonstration: made by a real command in a folder of its own, small here."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from console.__main__ import main
from console.demo import making
from console.demo.making import DATABASE, make_demonstration
from console.demo.month import DAYS, OF_ONES_OWN
from console.starter.surroundings import present_person
from core.catalog.queries import declared_catalog
from core.desk.clocks.keeping import differences
from core.desk.clocks.promises import item_of, with_clocks
from core.desk.major.queries import major_incidents
from core.desk.problems.model import ProblemState, offered_for
from core.desk.problems.queries import known_errors_of, problems, recurring
from core.desk.queries import incidents
from core.desk.requests.as_of import requests_at
from core.desk.requests.model import RequestState
from core.desk.requests.queries import one_request, requests, some_requests
from core.desk.shifts.model import HandoverState
from core.desk.shifts.queries import handovers
from core.errors import NotPossible
from core.improvement.queries import corrective_actions
from core.improvement.surveys.queries import satisfaction
from core.journal import queries as journal
from core.journal.model import Via
from core.operations.model import RunState
from core.operations.queries import runs
from core.operations.windows.queries import windows
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from pathlib import Path

END = datetime(2026, 3, 31, 14, 30, tzinfo=UTC)


def made(directory: Path, seed: int = 1) -> Store:
    return Store.at(make_demonstration(directory, END, seed=seed, requests=40, tell=lambda _share: None))


def told(store: Store) -> list[tuple[Any, ...]]:
    entries = store.read(journal.page, limit=5000)
    return [
        (e.at, e.actor, e.kind, str(e.subject), e.note) for e in entries if not e.kind.startswith("catalog.")
    ]


def test_a_month_has_something_on_every_screen_and_ends_when_it_was_made(tmp_path: Path) -> None:
    store = made(tmp_path / "demo")
    found = store.read(requests, over=True)
    # Who writes twice of the same is counted twice, and a month so small has some more for whoever looks.
    assert 40 <= len(found) <= 44 + OF_ONES_OWN
    wanted = {
        RequestState.APPROVAL, RequestState.NEW, RequestState.HELD, RequestState.REFUSED, RequestState.MERGED, RequestState.CLOSED, RequestState.DELIVERED,
    }  # fmt: skip
    assert wanted <= {each.state for each in found}
    assert sum(1 for each in found if each.owner == present_person().login and each.state.is_open) >= 5
    (great,) = [each for each in store.read(incidents) if each.is_major]  # the one that is going on
    assert (great.severity, great.component) == (1, "ledger-writer")
    (known,) = offered_for(great, store.read(known_errors_of, great))
    assert known.workaround.startswith("Pause the payouts intake")
    assert [each.component for each in store.read(recurring, END)][:1] == ["print-hub"]
    reviews = [each.major.review for each in store.read(major_incidents, over=True) if each.major]
    assert sorted(reviews) == ["", "held", "owed"]
    assert {each.state for each in store.read(problems)} >= {ProblemState.OPEN, ProblemState.KNOWN_ERROR}
    assert {each.state for each in store.read(runs)} >= {RunState.DONE}
    (asked_for,) = [each for each in store.read(runs) if each.request]
    assert (asked_for.state, asked_for.despite) == (RunState.DONE, "")
    assert store.read(corrective_actions, ended=True)
    assert {each.state for each in store.read(windows, over=True)} == {"running", "coming", "over"}
    (half, whole) = store.read(handovers)
    assert (half.state, whole.state) == (HandoverState.OPEN, HandoverState.TAKEN)
    assert 0 < len(half.open_lines) < len(half.lines)
    desk = store.read(declared_catalog)
    assert set(desk.macros) == {"carrier", "ask-day"}
    late = store.read(with_clocks, [each for each in found if each.state.is_open], END)
    assert any(clock.is_late(to_micros(END)) for each in late for clock in each.clocks)
    assert any(
        clock.due and not clock.is_late(to_micros(END))
        for each in late
        for clock in each.clocks
        if clock.is_pending
    )
    instants = [row[0] for row in told(store)]
    assert max(instants) <= END
    assert instants == sorted(instants, reverse=True)
    store.close()


def test_the_same_seed_makes_the_same_month_and_another_another(tmp_path: Path) -> None:
    first, again, other = made(tmp_path / "a"), made(tmp_path / "b"), made(tmp_path / "c", seed=2)
    assert told(first) == told(again)
    assert told(first) != told(other)
    for store in (first, again, other):
        store.close()


def test_nobody_takes_it_for_live(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made(tmp_path / "demo").close()
    assert main(["queue", "--db", str(tmp_path / "demo" / DATABASE)]) == 0
    printed = capsys.readouterr()
    assert printed.err == "DEMO: nothing in this database ever happened.\n"
    assert main(["journal", "verify", "--db", str(tmp_path / "demo" / DATABASE)]) == 0


def test_a_folder_that_holds_anything_else_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.txt").write_text("two years of work")
    assert main(["demo", str(tmp_path), "--new", "--only-make"]) == 2
    assert "'thesis.txt', which is no part of a demonstration" in capsys.readouterr().err
    assert (tmp_path / "thesis.txt").read_text() == "two years of work"


def test_a_database_that_is_worked_in_does_not_become_one(tmp_path: Path) -> None:
    from core.demonstration import begin_demonstration, is_demonstration

    store = Store.at(tmp_path / "watchfloor.db")
    store.write(Author("agent", Via.AGENT), begin_demonstration)
    assert store.read(is_demonstration)
    with pytest.raises(NotPossible, match="holds something already"):
        store.write(Author("agent", Via.AGENT), begin_demonstration)
    store.close()


def test_many_more_are_told_again_in_the_year_before_with_rows_as_their_entries_and_clocks_have_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "LIVED", 30)
    path = make_demonstration(tmp_path / "demo", END, requests=230, tell=lambda _share: None)
    store = Store.at(path)
    assert 230 <= len(store.read(requests, over=True, limit=1000)) <= 230 + OF_ONES_OWN
    older = [each for each in store.read(requests, over=True, limit=1000) if each.id <= 200]
    assert min(each.opened_at for each in older) < END - timedelta(days=300)
    assert {RequestState.CLOSED} <= {each.state for each in older}
    assert store.read(one_request, 7).text.endswith("Our reference: 0000007")
    ids = [each.id for each in older]
    seq = store.read(journal.newest).seq
    folded = {each.id: each for each in store.read(requests_at, seq, over=True).requests if each.id in ids}
    for each in store.read(some_requests, ids):
        assert replace(each, version=1, due=None) == replace(folded[each.id], due=None)
    begun = END - timedelta(days=DAYS)
    untouched = [item_of(each) for each in older if each.closed_at and each.closed_at < begun]
    assert len(untouched) > 100
    assert store.read(differences, untouched, to_micros(END)) == []
    ((csat, by_promises),) = store.read(satisfaction, END - timedelta(days=400), begun, END)
    assert csat.answers > 20
    assert sum(each.answers for each in by_promises.values()) == csat.answers
    store.close()
    assert main(["journal", "verify", "--db", str(path)]) == 0


def test_only_a_demonstration_takes_a_past_that_is_made_up(tmp_path: Path) -> None:
    from core.demonstration import write_past

    store = Store.at(tmp_path / "watchfloor.db")
    with pytest.raises(NotPossible, match="only a demonstration"):
        store.write(Author("agent", Via.AGENT), write_past, [], [])
    store.close()
