"""Filters of every sort, made up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from core.desk.finding.fields import FIELDS, FLAG_KINDS, FLAGS, Kind, Sort, state_words
from core.desk.finding.tree import (
    ME,
    NOBODY,
    All,
    Day,
    Either,
    Flag,
    Label,
    Name,
    Not,
    Number,
    Op,
    Said,
    Span,
    State,
    When,
    Word,
)
from core.desk.finding.values import ascii_lower
from core.desk.finding.words import folded

LETTERS = "aábZß漢_-%'\"\\,():=<@ 07.*;"
VALUES = st.one_of(
    st.sampled_from(("net", "mail", "ada", "bob", "none", "@me", "or", "p1", "acme", "vpn")),
    st.text(LETTERS, min_size=1, max_size=6).map(lambda t: ascii_lower(t.strip())).filter(bool),
)
ORDERED = (Op.BELOW, Op.UPTO, Op.ABOVE, Op.FROM)


def of_sort(kinds: frozenset[Kind], *sorts: Sort) -> st.SearchStrategy[str]:
    return st.sampled_from([f.name for f in FIELDS if f.sort in sorts and f.kinds & kinds])


def several(of: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, min_size=1, max_size=3, unique=True).map(tuple)


MINUTES = (datetime(2026, 3, 7, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).days * 1440
DAYS = st.integers(MINUTES - 20_000, MINUTES + 20_000).map(lambda m: datetime.fromtimestamp(m * 60, tz=UTC))
MOMENTS = st.one_of(
    st.tuples(DAYS, st.booleans()).map(lambda d: Day(d[0] if d[1] else d[0].replace(hour=0, minute=0), d[1])),
    st.sampled_from((Word.NOW, Word.TODAY, Word.YESTERDAY, Word.TOMORROW)),
)
SPANS = st.builds(Span, st.integers(1, 200), st.sampled_from("mhdw"), st.booleans())


def whens(kinds: frozenset[Kind]) -> st.SearchStrategy[When]:
    fields = of_sort(kinds, Sort.PAST, Sort.COMING)
    return st.one_of(
        st.builds(When, fields, st.sampled_from((Op.IS, *ORDERED)), MOMENTS),
        st.builds(When, fields, st.sampled_from(ORDERED), SPANS),
        st.builds(When, fields, st.just(Op.IS), MOMENTS, MOMENTS),
        st.builds(When, fields, st.just(Op.IS), st.just(Word.NONE)),
    )


def numbers(kinds: frozenset[Kind]) -> st.SearchStrategy[Number]:
    return st.one_of(
        st.builds(Number, st.just("priority"), st.just(Op.IS), several(st.integers(1, 4))),
        st.builds(
            Number, st.just("priority"), st.sampled_from(ORDERED), st.integers(1, 4).map(lambda n: (n,))
        ),
        st.builds(Number, st.just("id"), st.just(Op.IS), several(st.integers(0, 50))),
        st.builds(Number, st.just("id"), st.sampled_from(ORDERED), st.integers(0, 50).map(lambda n: (n,))),
        st.builds(Label, st.sampled_from(sorted(kinds)).map(Kind), st.integers(0, 50)),
    )


def leaves(kinds: frozenset[Kind], said: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    flags = [flag for flag in FLAGS if FLAG_KINDS.get(flag, kinds) & kinds]
    return st.one_of(
        said.map(lambda text: tuple(folded(text))).filter(bool).map(Said),
        st.builds(State, several(st.sampled_from(state_words(kinds)))),
        st.builds(Flag, st.sampled_from(flags)),
        st.builds(Name, of_sort(kinds, Sort.NAME), several(VALUES | st.just(NOBODY)), st.booleans()),
        st.builds(Name, st.just("owner"), several(st.just(ME) | VALUES), st.booleans()),
        numbers(kinds),
        whens(kinds),
    )


def _joined(whole: Any, children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(children.filter(lambda t: not isinstance(t, whole)), min_size=2, max_size=3).map(
        lambda parts: whole(tuple(parts))
    )


def trees(kinds: frozenset[Kind], said: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Returns trees as the parser makes them: no group within one of its own sort, no not of a not."""
    return st.recursive(
        leaves(kinds, said),
        lambda children: st.one_of(
            _joined(All, children),
            _joined(Either, children),
            children.filter(lambda t: not isinstance(t, Not)).map(Not),
        ),
        max_leaves=6,
    )
