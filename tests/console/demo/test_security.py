"""What the demonstration tells of security: every figure on its screens has something to show, and nothing real was read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from console.demo.making import make_demonstration
from core.catalog.queries import declared_access_sources, declared_log_sources
from core.desk.model import IncidentState
from core.desk.queries import one_incident
from core.endings.model import Sort
from core.endings.queries import endings
from core.improvement.model import ActionState, Origin
from core.improvement.queries import corrective_actions
from core.security.findings import pages as findings
from core.security.findings.model import FindingState
from core.security.findings.queries import scans
from core.security.grants import pages as grants
from core.security.grants.model import Standing
from core.security.requests.model import AskState
from core.security.requests.queries import access_requests
from core.security.reviews.model import Decision, ItemState, ReviewState
from core.security.reviews.pages import PAGES as ITEMS
from core.security.reviews.pages import Wanted as OfReview
from core.security.reviews.queries import progress, reviews
from core.security.signals import pages as signals
from core.security.signals.model import SignalState
from core.security.signals.queries import one_signal
from core.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

END = datetime(2026, 3, 31, 14, 30, tzinfo=UTC)
TODAY = END.date()
SOON = TODAY + timedelta(days=7)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("made") / "demo"
    make_demonstration(place, END, requests=12, tell=lambda _share: None)
    return place


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    opened = Store.at(folder / "demo.db", now=lambda: END)
    yield opened
    opened.close()


def test_findings_are_in_every_state_and_some_are_late(store: Store) -> None:
    found = store.read(findings.page, findings.Wanted("", TODAY, "all"))
    assert {each.state for each in found} >= {
        FindingState.NEW, FindingState.CORRECTING, FindingState.CORRECTED, FindingState.ACCEPTED,
        FindingState.NOT_AFFECTED, FindingState.VERIFIED,
    }  # fmt: skip
    assert sum(each.is_overdue(TODAY) for each in found) == 2
    assert (
        sum(each.due is not None and TODAY <= each.due <= SOON and each.state.is_open for each in found) >= 3
    )
    (accepted,) = [each for each in found if each.state is FindingState.ACCEPTED]
    assert (accepted.accepted_owner, accepted.accepted_until) == ("r.okafor", TODAY + timedelta(days=3))
    assert {each.vulnerability[-5:] for each in found if each.proof} == {"70101", "70202"}
    made = store.read(scans)
    assert (len(made), sum(each.closed for each in made), sum(each.reopened for each in made)) == (4, 2, 1)
    assert not any(each.refused for each in made)


def test_grants_differ_from_their_sources_in_every_way(store: Store) -> None:
    found = store.read(grants.PAGES.page, grants.Wanted("", TODAY, "all"))
    assert {each.standing for each in found} == set(Standing)
    (late,) = [each for each in found if each.is_late(TODAY)]
    assert late.principal == "legacy-etl"
    assert [
        each.principal for each in found if each.is_granted and each.expires and each.expires <= SOON
    ] != []
    assert any(each.is_unused(TODAY) and each.standing is Standing.GRANTED for each in found)
    assert any(each.is_privileged and each.standing is Standing.FOUND for each in found)


def test_one_review_runs_half_decided_and_one_is_signed_off(store: Store) -> None:
    planned, running, ended = sorted(store.read(reviews, ended=True), key=lambda each: -each.id)
    assert (planned.state, running.state, ended.state) == (
        ReviewState.DRAFT, ReviewState.OPEN, ReviewState.SIGNED,
    )  # fmt: skip
    assert running.due_at is not None
    assert timedelta() < running.due_at - END < timedelta(days=4)
    assert running.next_at is not None
    assert running.next_at > END  # the agent has done what was due until now
    stands = store.read(progress, [running.id])[running.id]
    assert min(stands.keep, stands.change, stands.revoke, stands.open) > 0
    asked = store.read(ITEMS.page, OfReview(running.id, "s.cole", "all"))
    assert [each.principal for each in asked if each.outcome is Decision.UNDECIDED] == ["s.cole"]
    assert [each.principal for each in asked if each.staged] == ["backup"]
    done = {each.principal: each.state for each in store.read(ITEMS.page, OfReview(ended.id, "", "all"))}
    assert (done["tmp-migration"], done["legacy-etl"]) == (ItemState.DONE, ItemState.ORDERED)


def test_access_is_asked_for_granted_and_declined(store: Store) -> None:
    states = [each.state for each in store.read(access_requests, ended=True)]
    assert sorted(states) == sorted([AskState.ASKED, AskState.APPROVED, AskState.DECLINED])


def test_signals_wait_and_are_judged_in_every_way(store: Store) -> None:
    def of(view: str) -> list[tuple[str, str]]:
        found = store.read(signals.page, signals.Wanted("", TODAY, view))
        return [(each.severity, each.about) for each in found]

    assert of("grave") == [("high", "198.51.100.23")]
    assert len(of("new")) == 5
    assert len(of("acknowledged")) == 2
    assert len(of("suppressed")) == 4
    assert of("counted")
    (first, *_) = store.read(signals.page, signals.Wanted("", TODAY, "incidents"))
    assert (first.state, first.about) == (SignalState.INCIDENT, "192.0.2.44")
    assert first.incident is not None
    incident = store.read(one_incident, first.incident)
    assert incident.title.startswith("security: a sign-in let in")
    assert incident.state is IncidentState.CLOSED
    assert store.read(one_signal, first.id).samples[-1].endswith("ssh2")


def test_corrective_actions_are_to_check_have_come_back_and_wait_for_approval(store: Store) -> None:
    found = {each.deviation: each for each in store.read(corrective_actions, ended=True)}
    release = next(each for words, each in found.items() if "scanner intake" in words)
    assert (release.state, len(release.whys), len(release.evidence)) == (ActionState.DONE, 5, 1)
    assert release.check_on == TODAY + timedelta(days=1)
    prints = next(each for words, each in found.items() if "print hub" in words)
    assert (prints.state, prints.recurred) == (ActionState.NOT_EFFECTIVE, 1)
    (waits,) = [each for each in found.values() if each.awaits_approval]
    assert (waits.origin, waits.standing(TODAY)) == (Origin.FINDING, "to approve")


def test_what_ends_this_week_is_of_several_sorts(store: Store) -> None:
    ends = store.read(endings, END, END + timedelta(days=7))
    assert {each.sort for each in ends} >= {Sort.RISK, Sort.GRANT, Sort.SUPPRESSION, Sort.THRESHOLD}
    assert all(each.owner and each.reason for each in ends)


def test_its_agent_reads_nothing_but_the_demonstrations_own_folder(store: Store, folder: Path) -> None:
    sources = [each.path for each in store.read(declared_access_sources).values()]
    logs = [each.path for each in store.read(declared_log_sources).values()]
    assert (len(sources), len(logs)) == (2, 1)
    for path in (*sources, *logs):
        assert path.startswith(f"{folder}/")
        assert Path(path).is_file()
