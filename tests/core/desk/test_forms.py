from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.model import FieldKind, FormField, RequestType
from core.desk.agreements.forms import check_form, filled_form
from core.errors import BadInput

MAILBOX = RequestType(
    "mailbox", "A mailbox", "mail",
    (
        FormField("name", "Name", required=True, least=2.0, most=20.0, pattern=r"[a-z.]+"),
        FormField("size", "Size in GB", "number", required=True, least=1.0, most=50.0),
        FormField("sort", "Sort", "choice", choices=("Personal", "Shared")),
        FormField("from", "From", "date", least="2026-12-01", most="2026-12-31"),
        FormField("calendar", "With a calendar", "yes-no"),
        FormField("note", "Note"),
    ),
)  # fmt: skip


def test_a_form_comes_out_as_typed_values_in_the_order_of_its_fields() -> None:
    given = {
        "note": " two\nlines ",
        "from": "2026-12-24",
        "calendar": "Yes",
        "sort": "shared",
        "size": "5",
        "name": "a.b",
    }
    filled = check_form(MAILBOX, given)
    assert filled.faults == ()
    assert list(filled.values.items()) == [
        ("name", "a.b"), ("size", 5), ("sort", "Shared"), ("from", "2026-12-24"), ("calendar", True),
        ("note", "two\nlines"),
    ]  # fmt: skip
    assert check_form(MAILBOX, filled.values) == filled


def test_everything_wrong_is_told_at_once() -> None:
    given = {
        "name": "A",
        "size": "many",
        "sort": "Sharde",
        "from": "2027-01-01",
        "calendar": "perhaps",
        "nmae": "x",
    }
    filled = check_form(MAILBOX, given)
    assert filled.values == {}
    assert [str(fault) for fault in filled.faults] == [
        "Name has 1 characters; at least 2 are needed. Write more",
        "Size in GB 'many' is no number. Write it as 12 or 1.5",
        "Sort 'Sharde' is none of the choices. Did you mean \"Shared\"?",
        "From is 2027-01-01; the last day is 2026-12-31. Write 2026-12-31 or earlier",
        "With a calendar 'perhaps' is neither yes nor no. Write yes or no",
        'nmae is no field of mailbox. Did you mean "name"?',
    ]
    with pytest.raises(BadInput, match="6 fields of mailbox cannot be taken: Name has"):
        filled_form(MAILBOX, given)


def test_what_is_needed_and_left_empty_is_missing_the_rest_has_no_value() -> None:
    filled = check_form(MAILBOX, {"name": "  ", "note": "", "sort": None})
    assert (filled.values, [fault.name for fault in filled.faults]) == ({}, ["name", "size"])
    assert filled_form(MAILBOX, {"name": "ab", "size": 1}) == {"name": "ab", "size": 1}


def of(kind: FieldKind, value: Any, **more: Any) -> Any:
    filled = check_form(RequestType("t", "T", "s", (FormField("f", "F", kind, **more),)), {"f": value})
    return [fault.what for fault in filled.faults] or filled.values.get("f")


@pytest.mark.parametrize(
    ("kind", "value", "more", "expected"),
    [
        ("number", "1.50", {}, 1.5),
        ("number", "-7", {}, -7),
        ("number", 2.5, {}, 2.5),
        ("number", "1,5", {}, ["'1,5' is no number"]),
        ("number", "nan", {}, ["'nan' is no number"]),
        ("number", float("inf"), {}, ["is no number"]),
        ("number", float("nan"), {}, ["is no number"]),
        ("number", True, {}, ["is no number"]),
        ("number", "٣", {}, ["'٣' is no number"]),
        ("number", "9" * 400, {}, [f"'{'9' * 40}…{'9' * 19}' is no number"]),
        ("number", 10**400, {}, ["is no number"]),
        ("number", "0", {"least": 1.0}, ["is 0; it must be at least 1"]),
        ("number", "2", {"most": 1.5}, ["is 2; it must be at most 1.5"]),
        ("text", 5, {}, ["is no text"]),
        ("text", "x" * 20_001, {}, ["has 20001 characters; at most 20000 fit"]),
        ("text", "abc", {"most": 2.0}, ["has 3 characters; at most 2 fit"]),
        ("text", "abcd", {"pattern": "abc"}, ["'abcd' is not written as it has to be"]),
        ("text", "a" * 201, {"pattern": "a+"}, ["has 201 characters; at most 200 fit"]),
        ("text", "a\x1b[2Jb", {}, "ab"),
        ("choice", ["a"], {"choices": ("a",)}, ["\"['a']\" is none of the choices"]),
        ("choice", "a", {"choices": ("A", "a")}, "a"),
        ("date", "2026-02-30", {}, ["'2026-02-30' is not a date"]),
        ("date", 20260230, {}, ["'20260230' is not a date"]),
        ("date", "2026-01-01", {"least": "2026-01-02"}, ["is 2026-01-01; the first day is 2026-01-02"]),
        ("yes-no", False, {}, False),
        ("yes-no", "N", {}, False),
        ("yes-no", 1, {}, ["'1' is neither yes nor no"]),
    ],
)
def test_a_value_of_each_kind(kind: FieldKind, value: Any, more: dict[str, Any], expected: Any) -> None:
    assert of(kind, value, **more) == expected


_ANY: Any = st.one_of(
    st.text(max_size=30), st.integers(), st.floats(), st.booleans(), st.none(), st.lists(st.integers(), max_size=2),
    st.sampled_from(("2026-12-24", "yes", "5", "Shared", "a.b")),
)  # fmt: skip


@given(st.dictionaries(st.sampled_from([item.name for item in MAILBOX.fields] + ["other"]), _ANY))
def test_whatever_is_filled_in_comes_out_as_a_value_or_a_fault(given_: dict[str, Any]) -> None:
    filled = check_form(MAILBOX, given_)
    faulty = {fault.name for fault in filled.faults}
    assert not faulty & filled.values.keys()
    assert {name for name in given_ if given_[name] not in (None, "")} - faulty <= filled.values.keys() | {
        name for name, value in given_.items() if isinstance(value, str) and not value.strip()
    }
    assert all(fault.what.isprintable() for fault in filled.faults)
    assert check_form(MAILBOX, filled.values).values == filled.values
