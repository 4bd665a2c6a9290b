"""`[[calendar]]` as it is written in a catalog file: weekly hours, days off, days with other hours, a country's holidays."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from core.catalog import model
from core.catalog.calendar_fields import HoursLines, hours_of
from core.catalog.days import DaysOff, parse_days_off, parse_other_hours
from core.catalog.fields import Id, Line, Zone, told
from core.catalog.probe_declaration import Declaration
from core.catalog.public_holidays import country_fault, public_holidays, subdivision_fault
from core.errors import BadInput
from core.printable import printable

_NO_HOURS = "A clock that goes by it would never run: write hours such as mon-fri 08:00-18:00"
_NAME_LIMIT = 200


def _some_hours(lines: Any) -> Any:
    if lines == []:
        raise told("is empty: a calendar without working hours", _NO_HOURS)
    return lines


def _written(value: Any) -> str:
    """Returns a day as text: TOML has dates of its own."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if not isinstance(value, str):
        raise told("must be a day", "Write it as 2026-12-25 Christmas Day")
    if printable(value, _NAME_LIMIT) != value:
        raise told("holds characters that cannot be shown, or is too long", "Take out control characters")
    return value


def _day_off(value: Any) -> str:
    try:
        return str(parse_days_off(_written(value)))
    except BadInput as error:
        raise told(error.what, error.next_step) from error


def _other_hours(value: Any) -> str:
    try:
        return str(parse_other_hours(_written(value)))
    except BadInput as error:
        raise told(error.what, error.next_step) from error


def once(lines: list[str]) -> list[str]:
    """Returns lines of days; raises what is told where two begin on one day."""
    seen: dict[str, int] = {}
    for index, line in enumerate(lines):
        day = line.split(" ", 1)[0]
        if seen.setdefault(day, index) != index:
            raise told(f"names {day} twice", "Keep one of the two", at=(index,), first=(seen[day],))
    return lines


def _country(text: str) -> str:
    fault = country_fault(text) if text else None
    if fault is not None:
        raise told(*fault)
    return text


DayOff = Annotated[str, BeforeValidator(_day_off)]
"""A day off, or several, as they are written: `2026-12-24..2026-12-31 Christmas`."""


class CalendarDeclaration(Declaration):
    """`[[calendar]]`."""

    id: Id
    zone: Zone
    hours: Annotated[HoursLines, BeforeValidator(_some_hours)]
    holidays: Annotated[list[DayOff], Field(max_length=1000), AfterValidator(once)] = Field(default=[])
    exceptions: Annotated[
        list[Annotated[str, BeforeValidator(_other_hours)]], Field(max_length=1000), AfterValidator(once)
    ] = Field(default=[])
    country: Annotated[str, AfterValidator(_country)] = ""
    subdivision: Line = ""

    @model_validator(mode="after")
    def _of_a_country(self) -> Self:
        if self.subdivision and not self.country:
            step = 'Add country, such as country = "DE"'
            raise told("a subdivision of no country", step, at=("subdivision",), concerns=(("country",),))
        fault = subdivision_fault(self.country, self.subdivision) if self.subdivision else None
        if fault is not None:
            raise told(*fault, at=("subdivision",), concerns=(("country",),))
        return self

    @model_validator(mode="after")
    def _opens_some_day(self) -> Self:
        yearly = [days for days in map(parse_days_off, self.holidays) if days.is_yearly]
        if not self.exceptions and _is_whole_year(yearly):
            what = "the days off fill the year: a calendar without working hours"
            raise told(what, _NO_HOURS, at=("holidays",), concerns=(("exceptions",),))
        return self

    def value(self) -> model.Calendar:
        """Returns the calendar, its hours in the order of the week, with the public holidays of its country."""
        return model.Calendar(
            id=self.id,
            zone=self.zone,
            hours=hours_of(self.hours),
            holidays=tuple(self.holidays),
            exceptions=tuple(self.exceptions),
            country=self.country,
            subdivision=self.subdivision,
            public=public_holidays(self.country, self.subdivision) if self.country else (),
        )


def _is_whole_year(yearly: list[DaysOff]) -> bool:
    if not yearly:
        return False
    days = (date.fromordinal(date(2025, 1, 1).toordinal() + n) for n in range(365))
    return all(any(off.holds(day) for off in yearly) for day in days)
