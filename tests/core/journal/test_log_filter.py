from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.journal import queries
from core.journal.log_filter import parse_log_filter
from core.journal.model import Subject

if TYPE_CHECKING:
    from core.store.store import Store
    from core.store.work import Author, Work

WORDS = [
    "incident",
    "ada",
    "kind:opened",
    "actor:agent",
    "!subject:9",
    "subject:incident:1",
    "subject:I-1",
    "subject:i-9",
    "I-9",
    "!I-1",
    "!disk",
    "100%",
    "a_b",
]


def write_some(work: Work) -> None:
    work.record("incident.opened", Subject("incident", "1"), {"title": (None, "disk full")})
    work.record("incident.noted", Subject("incident", "9"), note="looked at 100% of it")
    work.record("component.changed", Subject("component", "a_b"), {"state": ("ok", "critical")})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(words=st.lists(st.sampled_from(WORDS), max_size=3))
def test_the_database_and_the_live_feed_filter_alike(store: Store, ada: Author, words: list[str]) -> None:
    if not store.read(queries.newest).seq:
        store.write(ada, write_some)
    wanted = parse_log_filter(" ".join(words))
    everything = store.read(queries.page)
    assert store.read(queries.page, wanted=wanted) == [e for e in everything if wanted.lets_through(e)]


def test_any_text_is_a_filter() -> None:
    assert parse_log_filter("! : kind: x:y !!") is not None
    assert parse_log_filter("") == parse_log_filter("   ")


def test_what_people_call_a_subject_finds_what_is_about_it_and_nothing_that_only_begins_alike(
    store: Store, ada: Author
) -> None:
    store.write(ada, write_some)
    store.write(ada, lambda work: work.record("incident.noted", Subject("incident", "19"), note="elsewhere"))
    for line in ("I-1", "subject:I-1", "subject:i-1"):
        found = store.read(queries.page, wanted=parse_log_filter(line))
        assert [str(entry.subject) for entry in found] == ["incident:1"], line
