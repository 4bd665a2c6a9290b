"""Weekly hours as calendars and rotas declare them: lines of text, each hour written once."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, PlainValidator

from core.catalog.fields import told
from core.catalog.hours import WeekHours, hours_text, overlap, parse_hours
from core.errors import BadInput


def _line(value: Any) -> WeekHours:
    if not isinstance(value, str):
        raise told("must be text", "Write it as mon-fri 08:00-18:00")
    try:
        return parse_hours(value)
    except BadInput as error:
        raise told(error.what, error.next_step) from error


def _apart(lines: list[WeekHours]) -> list[WeekHours]:
    for index in range(len(lines)):
        clash = overlap(tuple(hours for line in lines[: index + 1] for hours in line))
        if clash is not None:
            raise told(
                f"{hours_text(clash)} overlaps other hours of that day",
                "Write the day's hours once",
                at=(index,),
            )
    return lines


HoursLines = Annotated[
    list[Annotated[WeekHours, PlainValidator(_line)]], Field(max_length=100), AfterValidator(_apart)
]


def hours_of(lines: list[WeekHours]) -> WeekHours:
    """Returns the hours of all lines, in the order of the week."""
    return tuple(sorted(hours for line in lines for hours in line))
