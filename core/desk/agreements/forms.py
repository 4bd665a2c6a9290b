"""What a request of a type tells, checked field by field: typed values, or everything that is wrong at once. Pure."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from core.catalog.nearest import did_you_mean, listed
from core.catalog.quoting import short
from core.counting import counted
from core.errors import BadInput
from core.printable import printable_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.catalog.model import FormField, RequestType

LONGEST_TEXT = 20_000
LONGEST_MATCHED = 200
"""Characters of a text that is held against a pattern: a slow pattern must not hold up the desk."""
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?", re.ASCII)
_YES_NO = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}
Value = str | int | float | bool
"""A date is a text, as 2026-12-25: so every value is one that JSON has."""


class FieldFault(NamedTuple):
    """What is wrong with one field, and what to do; both without a full stop."""

    name: str
    label: str
    what: str
    next_step: str

    def __str__(self) -> str:
        """Returns it in a line."""
        return (
            f"{self.label} {self.what}. {self.next_step}" if self.next_step else f"{self.label} {self.what}"
        )


class Filled(NamedTuple):
    """A form as it was filled in: the values that are right, by name, and all that is wrong."""

    values: dict[str, Value]
    faults: tuple[FieldFault, ...]


class _Wrong(Exception):
    """A value does not fit its field: what, and what to do."""

    def __init__(self, what: str, next_step: str = "") -> None:
        super().__init__(what)
        self.what, self.next_step = what, next_step


def check_form(request_type: RequestType, values: Mapping[str, Any]) -> Filled:
    """Returns the typed values of a form, in the order of its fields, and everything that is wrong with them.

    Values come as texts (typed) or as JSON has them. A field that is left empty has no value.
    """
    filled: dict[str, Value] = {}
    faults: list[FieldFault] = []
    for item in request_type.fields:
        given = values.get(item.name)
        try:
            value = _value(item, given.strip() if isinstance(given, str) else given)
        except _Wrong as wrong:
            faults.append(FieldFault(item.name, item.label, wrong.what, wrong.next_step))
            continue
        if value is not None:
            filled[item.name] = value
    names = [item.name for item in request_type.fields]
    for name in values:
        if name not in names:
            step = did_you_mean(
                name, names, f"The fields are: {listed(names)}" if names else "It has no fields"
            )
            faults.append(FieldFault(name, short(name), f"is no field of {request_type.id}", step))
    return Filled(filled, tuple(faults))


def filled_form(request_type: RequestType, values: Mapping[str, Any]) -> dict[str, Value]:
    """Returns the typed values of a form; raises BadInput with everything that is wrong."""
    filled = check_form(request_type, values)
    if filled.faults:
        count = counted(len(filled.faults), "field")
        told = "; ".join(str(fault) for fault in filled.faults)
        raise BadInput(f"{count} of {request_type.id} cannot be taken: {told}", where=filled.faults[0].name)
    return filled.values


def _value(item: FormField, given: Any) -> Value | None:
    if given is None or given == "":
        if item.required:
            raise _Wrong("is missing", "It has to be told")
        return None
    match item.kind:
        case "text":
            return _text(item, given)
        case "number":
            return _number(item, given)
        case "choice":
            return _choice(item, given)
        case "date":
            return _date(item, given)
        case "yes-no":
            return _yes_no(given)


def _text(item: FormField, given: Any) -> str:
    if not isinstance(given, str):
        raise _Wrong("is no text", "Write it in words")
    if len(given) > LONGEST_TEXT:
        raise _Wrong(f"has {len(given)} characters; at most {LONGEST_TEXT} fit", "Shorten it")
    text = printable_lines(given, LONGEST_TEXT)
    limit = LONGEST_MATCHED if item.pattern else LONGEST_TEXT
    most = int(item.most) if isinstance(item.most, float) else limit
    least = int(item.least) if isinstance(item.least, float) else 0
    if len(text) > most:
        raise _Wrong(f"has {len(text)} characters; at most {most} fit", "Shorten it")
    if len(text) < least:
        raise _Wrong(f"has {len(text)} characters; at least {least} are needed", "Write more")
    if item.pattern and not re.fullmatch(item.pattern, text):
        raise _Wrong(f"{short(text)!r} is not written as it has to be", f"It has to match {item.pattern}")
    return text


def _number(item: FormField, given: Any) -> int | float:
    if isinstance(given, str):
        if not _NUMBER.fullmatch(given):
            raise _Wrong(f"{short(given)!r} is no number", "Write it as 12 or 1.5")
        given = float(given) if "." in given else int(given)
    if isinstance(given, bool) or not isinstance(given, int | float) or not abs(given) < 1e15:
        raise _Wrong("is no number", "Write it as 12 or 1.5")
    if isinstance(item.least, float) and given < item.least:
        raise _Wrong(f"is {given:g}; it must be at least {item.least:g}", f"Write {item.least:g} or more")
    if isinstance(item.most, float) and given > item.most:
        raise _Wrong(f"is {given:g}; it must be at most {item.most:g}", f"Write {item.most:g} or less")
    return given


def _choice(item: FormField, given: Any) -> str:
    by_fold = {choice.casefold(): choice for choice in item.choices}
    if isinstance(given, str) and given in item.choices:
        return given
    if not isinstance(given, str) or given.casefold() not in by_fold:
        shown = short(str(given))
        step = did_you_mean(shown, item.choices, f"Choose one of {listed(item.choices)}")
        raise _Wrong(f"{shown!r} is none of the choices", step)
    return by_fold[given.casefold()]


def _date(item: FormField, given: Any) -> str:
    try:
        text = date.fromisoformat(given).isoformat()
    except (TypeError, ValueError) as error:
        raise _Wrong(f"{short(str(given))!r} is not a date", "Write it as 2026-12-25") from error
    if isinstance(item.least, str) and text < item.least:
        raise _Wrong(f"is {text}; the first day is {item.least}", f"Write {item.least} or later")
    if isinstance(item.most, str) and text > item.most:
        raise _Wrong(f"is {text}; the last day is {item.most}", f"Write {item.most} or earlier")
    return text


def _yes_no(given: Any) -> bool:
    if isinstance(given, bool):
        return given
    answer = _YES_NO.get(given.lower()) if isinstance(given, str) else None
    if answer is None:
        raise _Wrong(f"{short(str(given))!r} is neither yes nor no", "Write yes or no")
    return answer
