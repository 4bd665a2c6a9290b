"""The checked kinds of text and number that declarations are made of.

Each is a Pydantic type whose refusal carries an operator's words: what is wrong and what to do. The
words travel in the context of one error type, `told`, which `wording` turns into a problem.
"""

from __future__ import annotations

import math
import re
import warnings
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from core.catalog.quoting import short, value_shown
from core.errors import BadInput
from core.monitoring.ranges import parse_range
from core.printable import printable
from core.timekeeping import parse_span

if TYPE_CHECKING:
    from core.catalog.positions import KeyPath

_ID = re.compile(r"[a-z0-9][a-z0-9._-]*")
_ID_LIMIT = 100
_TEXT_LIMIT = 200
_NOTE_LIMIT = 20_000
_LONGEST_SPAN = 10 * 366 * 86400.0
_SPAN_STEP = "Write it as 10s, 1m30s, 500ms, 2h or 1d, or as a number of seconds"
_RANGE_STEP = "Write a range as 80, 10:, ~:5, 10:20 or @10:20"


def told(
    what: str,
    next_step: str = "",
    *,
    at: KeyPath = (),
    concerns: tuple[KeyPath, ...] = (),
    first: KeyPath | None = None,
) -> PydanticCustomError:
    """Returns the error that says `what` and `next_step` of the key at `at`, a path below the value being checked.

    `concerns` are further paths below it that the finding rests on: when one of them is wrong itself,
    the finding is not shown. `first` is another place whose line the message shall name.
    """
    context = {"what": what, "next_step": next_step, "at": at, "concerns": concerns, "first": first}
    return PydanticCustomError("told", "{what}", context)


def is_id(text: str) -> bool:
    """Says whether a text is written as ids are: lower-case letters, digits, `-._`, a letter or digit first."""
    return _ID.fullmatch(text) is not None and len(text) <= _ID_LIMIT


def id_fault(text: str) -> tuple[str, str] | None:
    """Returns (what, next step) when a text cannot be an id."""
    if is_id(text):
        return None
    if not text:
        return "is empty", "Write an id"
    likely = re.sub(r"[^a-z0-9._-]+", "-", text[: 4 * _ID_LIMIT].lower()).strip("-._")[:_ID_LIMIT]
    step = 'Use lower-case letters, digits, "-", "." and "_", a letter or digit first'
    return f'"{short(text)}" cannot be an id', f'{step}: "{likely}"' if likely else step


def _checked_id(text: str) -> str:
    fault = id_fault(text)
    if fault:
        raise told(*fault)
    return text


def _checked_line(text: str) -> str:
    if printable(text, _TEXT_LIMIT + 1) != text:
        raise told(
            "holds characters that cannot be shown on one line", "Take out control characters and escapes"
        )
    if len(text) > _TEXT_LIMIT:
        raise told(
            f"has {len(text)} characters; at most {_TEXT_LIMIT} fit", "Shorten it; a note has more room"
        )
    return text


def _checked_note(text: str) -> str:
    plain = text.replace("\n", " ").replace("\t", " ")
    if printable(plain, _NOTE_LIMIT + 1) != plain:
        raise told(
            f"holds characters that cannot be shown, or more than {_NOTE_LIMIT} of them",
            "Take out control characters and escapes",
        )
    return text


def _checked_given(text: str) -> str:
    if not text.strip():
        raise told("is empty", "Write something there, or take the key out")
    return text


def _checked_plain(text: str) -> str:
    if "\0" in text:
        raise told("holds a zero byte, which no path, argument or address can", "Take it out")
    return text


def _checked_path(text: str) -> str:
    if text and not text.startswith("/"):
        raise told(f"{short(text)!r} is not a path from the root", "Begin it with / or with ${DIR}")
    return text


def _checked_pattern(text: str) -> str:
    try:
        with warnings.catch_warnings():  # what a later Python may read differently is no fault today
            warnings.simplefilter("ignore", FutureWarning)
            re.compile(text)
    except re.error as error:
        place = f" at character {error.pos + 1}" if error.pos is not None else ""
        raise told(
            f"is not a regular expression: {error.msg}{place}", "Escape what is meant literally with \\"
        ) from error
    except (OverflowError, RecursionError) as error:
        raise told(f"is not a regular expression: {error}", "Make it simpler") from error
    return text


def _span(value: Any) -> Any:
    if isinstance(value, str):
        try:
            value = parse_span(value)
        except BadInput as error:
            raise told(error.what, _SPAN_STEP) from error
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise told("must be a span of time", _SPAN_STEP)
    if math.isnan(value) or not 0 <= value <= _LONGEST_SPAN:
        raise told("is not between nothing and ten years", _SPAN_STEP)
    return float(value)


def _above_zero(value: float) -> float:
    if value <= 0:
        raise told("must be longer than nothing", _SPAN_STEP)
    return value


def _range(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise told("must be a range", _RANGE_STEP)
    if value:
        try:
            parse_range(value)
        except BadInput as error:
            step = error.next_step or _RANGE_STEP
            raise told(error.what, step[:1].upper() + step[1:]) from error
    return value


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise told(
            f"there is no time zone {short(text)!r}", "Use an IANA name such as Europe/Lisbon or UTC"
        ) from error
    return text


def _date(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError) as error:
        shown = short(value) if isinstance(value, str) else value_shown(value)
        raise told(f"{shown} is not a date", "Write it as 2026-12-25") from error


def _distinct(items: list[str]) -> list[str]:
    seen: set[str] = set()
    for index, item in enumerate(items):
        if item in seen:
            raise told(f'names "{short(item)}" twice', "Name it once", at=(index,))
        seen.add(item)
    return items


Id = Annotated[str, AfterValidator(_checked_id)]
Line = Annotated[str, AfterValidator(_checked_line)]
Title = Annotated[str, AfterValidator(_checked_line), AfterValidator(_checked_given)]
Note = Annotated[str, AfterValidator(_checked_note)]
Plain = Annotated[str, AfterValidator(_checked_plain)]
Given = Annotated[str, AfterValidator(_checked_plain), AfterValidator(_checked_given)]
AbsolutePath = Annotated[str, AfterValidator(_checked_plain), AfterValidator(_checked_path)]
GivenPath = Annotated[AbsolutePath, AfterValidator(_checked_given)]
Pattern = Annotated[str, AfterValidator(_checked_pattern)]
Span = Annotated[float, BeforeValidator(_span)]  # seconds, may be none at all
Duration = Annotated[Span, AfterValidator(_above_zero)]  # seconds, some
RangeText = Annotated[str, BeforeValidator(_range)]
Zone = Annotated[str, AfterValidator(_zone)]
IsoDate = Annotated[str, BeforeValidator(_date)]
Names = Annotated[list[str], AfterValidator(_distinct)]
Severity = Annotated[int, Field(ge=1, le=4)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Attempts = Annotated[int, Field(ge=1, le=1000)]
Role = Literal["viewer", "operator", "lead", "reviewer", "admin"]
