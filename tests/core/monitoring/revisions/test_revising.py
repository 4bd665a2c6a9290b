"""A threshold is revised, taken back and ended, by who may, with owner, reason and end, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.catalog.model import Threshold
from core.desk.commands import raise_for_failure
from core.endings.model import Sort, Standing
from core.endings.queries import endings
from core.errors import BadInput, Moved, NotFound, NotPermitted, NotPossible, WatchfloorError
from core.gate.undo import last_undoable, take_back
from core.journal import queries as journal
from core.journal.model import Subject
from core.journal.wording import sentence
from core.monitoring.revisions.commands import asked_revision, end_revision, revise_threshold
from core.monitoring.revisions.ending import (
    end_revisions,
    end_vanished,
    have_vanished,
    is_revision_over,
)
from core.monitoring.revisions.model import ITS_END, Name
from core.monitoring.revisions.queries import revisions, threshold_called
from core.restorers import RESTORERS
from tests.core.monitoring.revisions.house import (
    AGENT,
    DECLARED,
    LATENCY,
    LEE,
    PROBE,
    SIZE,
    VIC,
    House,
    catalog,
)

if TYPE_CHECKING:
    from core.journal.model import Entry

WIDER = {"warning": "300", "critical": "600"}


def entries(house: House, name: Name = LATENCY) -> list[Entry]:
    return house.store.read(journal.of_subject, Subject("threshold", str(name)))


def test_it_is_judged_by_other_ranges_until_its_end(house: House) -> None:
    found = house.do(revise_threshold, LATENCY, WIDER, house.hours(3), "", "the backup runs")
    assert (found.threshold, found.weakens, found.owner) == (
        Threshold("latency_ms", "300", "600"), True, "ada",
    )  # fmt: skip
    standing = house.judged()
    assert standing.declared == DECLARED
    assert standing.revision == found
    (entry,) = entries(house)
    assert sentence(entry) == (
        "shop/http/latency_ms is judged by warning 300, critical 600 until 2026-11-23 06:00Z: the backup runs"
    )


def test_what_was_not_said_stays_and_its_clear_range_with_it(house: House) -> None:
    found = house.do(revise_threshold, LATENCY, {"critical": "600"}, house.hours(3), "", "why")
    assert found.threshold == Threshold("latency_ms", "200", "600", "150", "")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"warning": "3oo"}, "warning: '3oo' is not a range: column 2, 'o'"),
        ({"critical": "1:2:3"}, "critical: '1:2:3' is not a range: column 4, ':'"),
        ({"warning": "~"}, "column 2, a number is missing"),
        ({"warning": "30:10"}, "begins after its end"),
        ({"warning": "700"}, "warning: 700 never comes before critical 400"),
        ({"warning": "none", "critical": "none"}, "neither a warning nor a critical range"),
        ({"critical_clear": "100", "critical": "none"}, "says when critical ends"),
    ],
)
def test_a_range_that_cannot_be_is_one_message_and_nothing_is_changed(
    house: House, said: dict[str, str], words: str
) -> None:
    with pytest.raises(BadInput) as error:
        house.do(revise_threshold, LATENCY, said, house.hours(1), "", "why")
    assert words in str(error.value)
    assert house.judged().revision is None
    assert entries(house) == []


def test_what_widens_needs_an_end_and_what_tightens_does_not(house: House) -> None:
    with pytest.raises(BadInput, match="widens what counts as ok, so it needs an end"):
        house.do(revise_threshold, LATENCY, WIDER, None, "", "why")
    with pytest.raises(BadInput, match="2026-11-23 02:00Z is past"):
        house.do(revise_threshold, LATENCY, WIDER, house.hours(-1), "", "why")
    with pytest.raises(BadInput, match="needs a reason"):
        house.do(revise_threshold, LATENCY, WIDER, house.hours(1), "", "  ")
    with pytest.raises(BadInput, match="'nobody' is not declared as staff"):
        house.do(revise_threshold, LATENCY, WIDER, house.hours(1), "nobody", "why")
    found = house.do(revise_threshold, LATENCY, {"warning": "100"}, None, "lee", "it was slow last night")
    assert (found.weakens, found.ends_at, found.owner) == (False, None, "lee")


def test_a_reason_that_is_too_long_is_refused_and_nothing_is_changed(house: House) -> None:
    words = r"reason: it has 2,001 characters; at most 2,000 fit. Nothing was changed"
    with pytest.raises(BadInput, match=words):
        house.do(revise_threshold, LATENCY, WIDER, house.hours(1), "", "x" * 2001)
    assert entries(house) == []
    found = house.do(revise_threshold, LATENCY, WIDER, house.hours(1), "", "x" * 2000)
    assert found.reason == "x" * 2000
    with pytest.raises(BadInput, match=words):
        house.do(end_revision, LATENCY, "x" * 2001)
    assert house.store.read(revisions) == [found]


def test_who_says_which_version_they_saw_changes_no_other(house: House) -> None:
    with pytest.raises(Moved, match="nothing is revised any more"):
        house.do(revise_threshold, LATENCY, WIDER, house.hours(1), "", "why", 1)
    first = house.do(revise_threshold, LATENCY, WIDER, house.hours(1), "", "why", 0)
    assert house.judged().version == first.version == 1
    with pytest.raises(
        Moved, match="shop/http/latency_ms changed since you saw it: http latency_ms: warning 300"
    ):
        house.do(revise_threshold, LATENCY, {"critical": "700"}, house.hours(1), "", "why", 0)
    second = house.do(revise_threshold, LATENCY, {"critical": "700"}, house.hours(1), "", "why", 1)
    with pytest.raises(Moved, match="critical 700"):
        house.do(end_revision, LATENCY, "", 1)
    assert house.judged().revision == second
    house.do(end_revision, LATENCY, "", 2)
    assert house.judged().version == 0


def test_a_measure_without_a_threshold_may_be_given_one(house: House) -> None:
    found = house.do(revise_threshold, SIZE, {"critical": "100:"}, None, "", "an empty page is no answer")
    assert (found.weakens, found.declared) == (False, "no ranges")


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        (Name("shpo", "http", "latency_ms"), NotFound, 'Did you mean "shop"?'),
        (Name("shop", "htpp", "latency_ms"), NotFound, 'Did you mean "http"?'),
        (Name("shop", "http", "latncy_ms"), BadInput, 'Did you mean "latency_ms"?'),
        (Name("shop", "http", "zzz"), BadInput, "It gives latency_ms, size_bytes"),
    ],
)
def test_what_is_not_there_is_named_with_the_nearest(
    house: House, name: Name, error: type[WatchfloorError], words: str
) -> None:
    with pytest.raises(error) as raised:
        house.do(revise_threshold, name, WIDER, house.hours(1), "", "why")
    assert words in str(raised.value)


def test_a_threshold_is_called_by_as_much_as_it_needs(house: House) -> None:
    assert house.store.read(threshold_called, "shop") == LATENCY
    assert house.store.read(threshold_called, "shop/http") == LATENCY
    assert house.store.read(threshold_called, "shop/http/size_bytes") == SIZE
    both = replace(PROBE, thresholds=(DECLARED, Threshold("size_bytes", "9")))
    house.load(catalog(both))
    with pytest.raises(BadInput, match=r"has 2 thresholds. Name one of shop/http/latency_ms, shop/http/size"):
        house.store.read(threshold_called, "shop")


def test_long_or_grave_is_a_leads_and_nothing_is_a_viewers(house: House) -> None:
    with pytest.raises(NotPermitted, match="a grave one is for the role lead"):
        house.do(revise_threshold, LATENCY, WIDER, house.hours(13), "", "why")
    assert [each.kind for each in house.store.read(journal.page, limit=1)] == ["staff.refused"]
    vault = Name("vault", "tcp", "latency_ms")
    with pytest.raises(NotPermitted, match="lead"):
        house.do(revise_threshold, vault, WIDER, house.hours(1), "", "why")
    with pytest.raises(NotPermitted, match="operator"):
        house.do(revise_threshold, LATENCY, {"warning": "100"}, None, "", "why", by=VIC)
    assert house.store.read(revisions) == []
    house.do(revise_threshold, vault, {"warning": "100"}, None, "", "why")
    house.do(revise_threshold, LATENCY, WIDER, house.hours(13), "", "why", by=LEE)
    assert entries(house)[-1].kind == "threshold.widened"
    with pytest.raises(BadInput, match="too far ahead"):
        house.do(revise_threshold, LATENCY, WIDER, house.hours(31 * 24), "", "why", by=LEE)


@pytest.mark.embedded
def test_a_box_is_told_what_only_a_lead_may_while_it_is_open(house: House) -> None:
    seen = house.judged()

    def asked(hours: float, who: str = "ada") -> None:
        house.store.read(asked_revision, house.now, who, LATENCY, WIDER, house.hours(hours), who, seen)

    with pytest.raises(NotPermitted, match="a grave one is for the role lead") as refused:
        asked(13)
    assert refused.value.where == "until"
    assert "An operator may widen for 12 h" in refused.value.next_step
    assert entries(house) == []
    asked(12)
    asked(13, "lee")


def test_who_may_end_a_widening_may_have_it_be_less(house: House) -> None:
    house.do(revise_threshold, LATENCY, WIDER, house.hours(48), "", "why", by=LEE)
    with pytest.raises(NotPermitted, match="lead"):
        house.do(revise_threshold, LATENCY, {"critical": "700"}, house.hours(48), "", "it is worse")
    with pytest.raises(NotPermitted, match="lead"):
        house.do(revise_threshold, LATENCY, {"warning": "290"}, house.hours(49), "", "it lasts")
    until = house.hours(40)
    found = house.do(revise_threshold, LATENCY, {"warning": "290"}, until, "", "it is better")
    assert (found.threshold.warning, found.ends_at) == ("290", until)


def test_who_saw_something_else_changes_nothing(house: House) -> None:
    seen = house.judged()
    house.do(revise_threshold, LATENCY, WIDER, house.hours(3), "", "why", seen, by=LEE)
    with pytest.raises(
        Moved, match="changed since you saw it: http latency_ms: warning 300, critical 600, widened"
    ):
        house.do(revise_threshold, LATENCY, {"warning": "500"}, house.hours(3), "", "why", seen)
    seen = house.judged()
    house.load(catalog(replace(PROBE, thresholds=(Threshold("latency_ms", "250", "400"),))))
    with pytest.raises(Moved, match="the catalog says warning 250, critical 400"):
        house.do(end_revision, LATENCY, "", seen)
    assert house.judged().declared_otherwise


def test_one_that_is_revised_is_revised_on(house: House) -> None:
    house.do(revise_threshold, LATENCY, WIDER, house.hours(3), "", "why")
    found = house.do(revise_threshold, LATENCY, {"critical": "700"}, house.hours(5), "", "it is worse")
    assert (found.threshold, found.version) == (Threshold("latency_ms", "300", "700"), 2)
    assert len(house.store.read(revisions)) == 1
    with pytest.raises(NotPossible, match=r"what the catalog declares .* end the revision"):
        house.do(
            revise_threshold, LATENCY, {"warning": "200", "warning_clear": "150", "critical": "400"}, None, "", "why"
        )  # fmt: skip


def test_it_is_taken_back_step_by_step(house: House) -> None:
    house.do(revise_threshold, LATENCY, WIDER, house.hours(3), "", "why")
    first = house.judged().revision
    assert first is not None
    house.do(revise_threshold, LATENCY, {"critical": "700"}, house.hours(5), "", "it is worse")
    _take_back(house)
    again = house.judged().revision
    assert again is not None
    assert replace(again, version=first.version) == first
    with pytest.raises(AssertionError):
        _take_back(house)  # one's own taking back stands
    house.do(end_revision, LATENCY, "enough")
    assert house.judged().revision is None
    _take_back(house)
    assert house.judged().revision is not None


def test_the_first_one_is_taken_back(house: House) -> None:
    house.do(revise_threshold, LATENCY, WIDER, house.hours(3), "", "why")
    _take_back(house)
    assert house.judged().revision is None
    house.do(revise_threshold, LATENCY, WIDER, house.hours(3), "", "after all")
    assert house.judged().revision is not None
    _take_back(house)
    assert house.judged().revision is None


def _take_back(house: House) -> None:
    entry = house.store.read(last_undoable, RESTORERS, "ada", house.now)
    assert entry is not None
    house.do(take_back, RESTORERS, entry.seq)


def test_the_incident_says_by_what_it_is_judged(house: House) -> None:
    number = house.store.write(AGENT, raise_for_failure, "shop", "s", "Shop is critical", 2, cause=None)
    house.do(revise_threshold, LATENCY, WIDER, house.hours(3), "", "why")
    house.do(end_revision, LATENCY, "enough")
    found = house.store.read(journal.of_subject, Subject("incident", str(number)))
    said = [sentence(each) for each in found if each.kind == "incident.judged_otherwise"]
    assert said == [
        (
            f"I-{number} is judged otherwise: http latency_ms: warning 300, critical 600, widened until 2026-11-23 06:00Z "
            "by ada (catalog: warning 200 (clears 150), critical 400)"
        ),
        f"I-{number} is judged otherwise: http latency_ms is judged by the catalog again",
    ]


def test_it_ends_by_itself_once(house: House) -> None:
    house.do(revise_threshold, LATENCY, WIDER, house.hours(3), "", "why")
    assert not house.store.read(is_revision_over, house.now)
    house.now += timedelta(hours=3)
    assert house.store.read(is_revision_over, house.now)
    house.keep_endings(end_revisions)
    house.keep_endings(end_revisions)
    assert [each.kind for each in entries(house)] == ["threshold.revised", "threshold.ended"]
    assert entries(house)[-1].note == ITS_END
    assert house.judged().revision is None
    with pytest.raises(NotPossible, match="is not revised"):
        house.do(end_revision, LATENCY)


@pytest.mark.parametrize(
    ("declared", "why"),
    [
        (catalog(replace(PROBE, id="web")), "the catalog has no probe shop/http any more"),
        (catalog(replace(PROBE, target=catalog().components["vault"].probes[0].target)), "gives no size_bytes any more"),
    ],
)  # fmt: skip
def test_one_whose_probe_is_gone_is_ended_with_the_reason(house: House, declared: object, why: str) -> None:
    house.do(revise_threshold, SIZE, {"critical": "100:"}, None, "", "why")
    assert house.store.read(have_vanished) == {}
    house.load(declared)  # type: ignore[arg-type]
    assert list(house.store.read(have_vanished)) == [str(SIZE)]
    house.keep_endings(end_vanished)
    assert entries(house, SIZE)[-1].note.endswith(why)
    assert house.store.read(revisions) == []


def test_one_whose_component_is_gone_is_ended_and_what_the_catalog_still_has_goes_on(house: House) -> None:
    house.do(revise_threshold, LATENCY, WIDER, house.hours(3), "", "the backup runs")
    house.do(revise_threshold, SIZE, {"critical": "100:"}, None, "", "why")
    left = catalog()
    components = {id_: each for id_, each in left.components.items() if id_ != LATENCY.component}
    assert SIZE.component == LATENCY.component
    house.load(replace(left, components=components))
    assert sorted(house.store.read(have_vanished)) == sorted([str(LATENCY), str(SIZE)])
    house.load(left)
    assert house.store.read(have_vanished) == {}


def test_what_is_widened_is_among_what_ends_this_week(house: House) -> None:
    house.do(revise_threshold, LATENCY, WIDER, house.hours(3), "", "the backup runs")
    house.do(
        revise_threshold, SIZE, {"critical": "100:"}, house.hours(3), "", "tightened, so nobody need know"
    )
    (found,) = house.store.read(endings, house.now, house.hours(24 * 7))
    assert (found.sort, found.subject, found.owner, found.reason) == (
        Sort.THRESHOLD, "shop", "ada", "the backup runs",
    )  # fmt: skip
    assert (
        found.what == "http latency_ms: warning 300, critical 600 for warning 200 (clears 150), critical 400"
    )
    assert house.store.read(endings, house.now, house.hours(1)) == []


def test_what_tightened_under_a_catalog_that_is_stricter_since_has_no_end_and_stands_before_all(
    house: House,
) -> None:
    house.do(revise_threshold, LATENCY, {"warning": "140", "critical": "300"}, None, "", "a slow front")
    house.do(
        revise_threshold, SIZE, {"critical": "100:"}, house.hours(3), "", "tightened, so nobody need know"
    )
    assert house.store.read(endings, house.now, house.hours(24 * 7)) == []
    assert house.judged().way == "tightened"
    stricter = replace(
        PROBE, thresholds=(replace(DECLARED, warning="100", critical="200", warning_clear=""),)
    )
    house.load(catalog(stricter))
    (found,) = house.store.read(endings, house.now, house.hours(24 * 7))
    assert (found.sort, found.subject, found.owner, found.reason, found.ends_at) == (
        Sort.THRESHOLD, "shop", "ada", "a slow front", None,
    )  # fmt: skip
    assert found.what == (
        "http latency_ms: warning 140, critical 300 for warning 100, critical 200, stricter since than "
        "warning 200 (clears 150), critical 400"
    )
    assert found.standing(house.now) is Standing.ENDLESS
    assert house.judged().way == "widened"
    assert found.needs_somebody(house.now)
    house.do(revise_threshold, LATENCY, {}, house.hours(3), "", "until the front is fast again")
    (found,) = house.store.read(endings, house.now, house.hours(24 * 7))
    assert found.standing(house.now) is Standing.HOLDS
    house.load(catalog())
    assert [each.subject for each in house.store.read(endings, house.now, house.hours(24 * 7))] == ["shop"]
