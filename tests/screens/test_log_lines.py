"""An entry whole: in words, with instants as time, and harmless."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.journal.model import Changes, Entry, Subject, Via
from core.timekeeping import to_micros
from screens.log_lines import entry_whole, heading, value_words

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def entry(
    kind: str = "incident.severity_set",
    *,
    note: str = "",
    changes: Changes | None = None,
    **more: tuple[Any, Any],
) -> Entry:
    return Entry(
        19,
        NOON - timedelta(minutes=3),
        "kim",
        Via.CONSOLE,
        kind,
        Subject("incident", "7"),
        (changes or {}) | more,
        note,
    )


def text(of: Entry) -> list[str]:
    return ["".join(part for part, _ in line) for line in entry_whole(of, NOON)]


def test_an_entry_is_headed_by_what_happened_to_what_and_its_number() -> None:
    assert heading(entry()) == "incident severity set: I-7   entry 19"


def test_who_and_when_stand_first_with_how_long_ago() -> None:
    assert text(entry())[0] == " 2026-03-01 11:57:00Z (3m ago)   kim via console"


def test_instants_are_written_as_time() -> None:
    at = to_micros(NOON - timedelta(hours=2))

    lines = text(entry(cleared_at=(None, at), until=(at, to_micros(NOON + timedelta(minutes=15)))))

    assert lines[1] == " cleared at: 2026-03-01 10:00:00Z (2h ago)"
    assert lines[2].endswith("to 2026-03-01 12:15:00Z (in 15m)")


def test_what_changed_shows_both_sides_and_what_is_new_only_one() -> None:
    lines = text(entry(severity=(2, 1), title=(None, "queue grows"), owner=("kim", "")))

    assert lines[1:] == [" severity: 2 to 1", " title: queue grows", " owner: kim to -"]


def test_lists_and_truths_are_words() -> None:
    assert value_words("roots", '["a", "b"]', NOON) == "a, b"
    assert value_words("roots", "[]", NOON) == "none"
    assert value_words("confirmed", True, NOON) == "yes"
    assert value_words("title", "[urgent", NOON) == "[urgent"


def test_a_text_of_several_lines_shows_each_of_them_and_a_long_one_its_end() -> None:
    lines = text(entry(resolution=("", "the disk was full\n\nlogs removed\n")))
    assert lines[1:] == [" resolution: the disk was full", "   ", "   logs removed"]
    assert text(entry(resolution=("", "w" * 300)))[1].endswith("w" * 300)


@given(
    st.text(), st.text(), st.one_of(st.text(), st.integers(), st.lists(st.text()), st.booleans(), st.none())
)
def test_nothing_from_outside_reaches_the_terminal(name: str, note: str, value: object) -> None:
    written = [heading(entry(kind=name)), *text(entry(note=note, changes={f"{name}_at": (value, value)}))]

    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for line in written for c in line)
