"""Two people's texts over one: nothing that either wrote goes by unseen."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from core.journal.model import Entry, Subject, Via
from core.merging import changes_since, clashes, merged

TEXTS = st.dictionaries(st.sampled_from(["cause", "due"]), st.sampled_from(["", "a", "b", "c"]), min_size=2)


def entry(seq: int, actor: str, **changes: tuple[str, str]) -> Entry:
    at = datetime(2026, 3, 1, 3, seq, tzinfo=UTC)
    return Entry(seq, at, actor, Via.CONSOLE, "action.revised", Subject("action", "1"), changes, "", None, "")


def test_a_clash_names_who_wrote_it_last_and_when() -> None:
    entries = [
        entry(1, "eve", cause=("", "x")), entry(2, "ada", cause=("x", "y")), entry(3, "kim", due=("", "soon")),
    ]  # fmt: skip
    (found,) = clashes(
        {"cause": "", "due": ""}, {"cause": "z", "due": ""}, {"cause": "y", "due": "soon"}, entries
    )
    assert (found.field, found.mine, found.theirs, found.by) == ("cause", "z", "y", "ada")
    assert found.at == entries[1].at


def test_notes_move_nothing() -> None:
    entries = [
        entry(1, "eve", cause=("", "x")),
        entry(2, "ada"),
        entry(3, "kim", due=("", "soon")),
        entry(4, "eve"),
    ]
    assert [e.seq for e in changes_since(entries, 1)] == [3]
    assert [e.seq for e in changes_since(entries, 2)] == [1, 3]
    assert changes_since(entries, 0) == []


@given(TEXTS, TEXTS, TEXTS)
def test_whatever_somebody_wrote_is_kept_or_asked_about(
    begun: dict[str, str], mine: dict[str, str], theirs: dict[str, str]
) -> None:
    asked = {clash.field for clash in clashes(begun, mine, theirs)}
    kept = merged(begun, mine, theirs)
    for field, text in mine.items():
        changed_here, changed_there = text != begun[field], theirs[field] != begun[field]
        if changed_here and changed_there and text != theirs[field]:
            assert field in asked
        else:
            assert field not in asked
            assert kept[field] == (text if changed_here else theirs[field])
