"""The filter language: what is typed, what it says, and what is said of what it does not say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.desk.finding.fields import BOTH, FIELDS, Kind
from core.desk.finding.parsing import MOST, parse
from core.desk.finding.printing import printed
from core.desk.finding.tree import (
    EVERYTHING,
    ME,
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
from tests.core.desk.finding.trees import LETTERS, trees

REQUESTS = frozenset({Kind.REQUEST})
INCIDENTS = frozenset({Kind.INCIDENT})


def test_a_filter_as_people_type_it() -> None:
    text = 'state:open service:mail due<2h @me priority<=2 opened>2026-11-01 -type:x "words here" component:db owner:none is:held'
    assert parse(text, REQUESTS) == parse(printed(parse(text, REQUESTS).tree), REQUESTS)
    found = parse(text, REQUESTS)
    assert found.problems == ()
    assert found.tree == All(
        (
            State(("open",)), Name("service", ("mail",)), When("due", Op.BELOW, Span(2, "h")), Name("owner", (ME,)),
            Number("priority", Op.UPTO, (2,)), When("opened", Op.ABOVE, Day(datetime(2026, 11, 1, tzinfo=UTC))),
            Not(Name("type", ("x",))), Said(("words", "here")), Name("component", ("db",)), Name("owner", ("",)), Flag("held"),
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", EVERYTHING),
        ("   ", EVERYTHING),
        ("()", EVERYTHING),
        ("Pg-Main", Said(("pg", "main"))),
        ("r-7", Label(Kind.REQUEST, 7)),
        ("p:P1", Number("priority", Op.IS, (1,))),
        ("state=In-Progress", State(("in progress",))),
        ("a or b c", Either((Said(("a",)), All((Said(("b",)), Said(("c",))))))),
        ('"or"', Said(("or",))),
        ("--a", Said(("a",))),
        ("!a", Not(Said(("a",)))),
        ("-(a b)", Not(All((Said(("a",)), Said(("b",)))))),
        ("due:2h", When("due", Op.UPTO, Span(2, "h"))),
        (
            "closed:2026-11-01..today",
            When("closed", Op.IS, Day(datetime(2026, 11, 1, tzinfo=UTC)), Word.TODAY),
        ),
        ('owner="none",none,@me', Name("owner", ("none", "", ME), is_exact=True)),
    ],
)
def test_what_is_typed_says(text: str, tree: object) -> None:
    assert parse(text) == parse(printed(parse(text).tree))
    assert parse(text).tree == tree


@pytest.mark.parametrize(
    ("text", "column", "what"),
    [
        ("servce:mail", 1, "no field is called 'servce'. Did you mean \"service\"?; to look for words, put them in quotes"),
        ("@me state:nwe x", 5, "state cannot be 'nwe'. Did you mean \"new\"?"),
        ("priority:7", 1, "priority 7 does not exist. 1 (worst), 2, 3 or 4"),
        ("priority<1,2 x", 1, "< compares with one number. Write priority:1,2 for one of them"),
        ("service<mail", 1, "service has no order. Write service: and the value, a - before it for not"),
        ("opened:2026-13-01", 1, "there is no 2026-13-01. A day is year-month-day, as 2026-11-01"),
        ("opened<soon x", 1, "'soon' is no moment. Write 2h, 3d, 2026-11-01, 2026-11-01T14:00, today, now or none"),
        ("a) b", 2, "this ) closes nothing. Take it away, or write a ( before"),
        ("or a", 1, 'or joins two things; before it there is none. The word itself is "or"'),
        ("is:held,waiting", 1, "is: takes one word. Join two by or: (is:held or is:waiting)"),
        ("x %% y", 3, "no word to look for. Words are of letters and digits"),
        ("due<none", 1, "none has no order. Write due:none"),
    ],
)  # fmt: skip
def test_each_mistake_is_named_with_its_place_and_what_could_be_meant(
    text: str, column: int, what: str
) -> None:
    (problem,) = parse(text).problems
    assert not problem.is_open
    assert str(problem) == f"column {column}: {what}"


def test_a_field_of_requests_is_none_of_incidents() -> None:
    assert [str(p) for p in parse("customer:acme", INCIDENTS).problems] == [
        "column 1: only requests have customer. It is left out"
    ]
    assert parse("R-7 x", INCIDENTS).tree == Said(("x",))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("x state:", "state: what?"),
        ("x state:ope", "state:ope …"),
        ("x due<", "due< what?"),
        ("x due<2", "due<2 …"),
        ("x due:to", "due:to …"),
        ("x opened>2026-1", "opened>2026-1 …"),
        ("x -", "not what?"),
        ("x @", "@ whom?"),
        ("x or", "or what?"),
        ("(x", "this ( is not closed yet"),
        ('"x', 'this " is not closed yet'),
    ],
)
def test_what_is_typed_half_filters_by_what_is_complete_and_is_open(text: str, what: str) -> None:
    found = parse(text)
    assert found.tree == Said(("x",))
    assert found.mistakes == ()
    assert [problem.what for problem in found.opened] == [what]


def test_a_filter_that_is_far_too_long_is_read_to_its_limit() -> None:
    found = parse("a " * MOST)
    assert "at most 2000 letters" in str(found.problems[-1])
    assert parse("(" * 500).tree == EVERYTHING


@given(trees(BOTH, st.text("aábß漢字-or_ 1", max_size=8)))
def test_what_is_printed_is_read_as_the_same(tree: object) -> None:
    text = printed(tree)  # type: ignore[arg-type]
    assert parse(text).problems == ()
    assert parse(text).tree == tree


@example("-(-0")
@given(
    st.lists(
        st.text(LETTERS, max_size=8)
        | st.sampled_from([*(f"{f.name}:" for f in FIELDS), " or ", "due<", "-(", "\ud800", "\0"])
    ).map("".join)
)
def test_whatever_is_typed_is_read_and_its_places_lie_in_it(text: str) -> None:
    found = parse(text)
    assert parse(printed(found.tree)).tree == found.tree
    for problem in found.problems:
        assert 0 <= problem.at < len(text)
        assert problem.length >= 1
        assert problem.what
