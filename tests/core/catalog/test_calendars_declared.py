"""Calendars as files declare them: days off, days with other hours, public holidays, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from core.catalog.codec import decode, encode
from core.catalog.difference import difference
from core.catalog.model import Calendar, Catalog
from core.catalog.public_holidays import public_holidays
from core.catalog.reader import read_catalog
from tests.core.catalog.catalogs import lines_of, read_beside_house, write_files

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = '[[calendar]]\nid = "c"\nzone = "Europe/Berlin"\nhours = ["mon-fri 08:00-18:00"]\n'
_NO_HOURS = "A clock that goes by it would never run: write hours such as mon-fri 08:00-18:00"
_REFUSED = {
    "a day off that is none": (
        'holidays = ["12-24", "2026-13-01 Nothing"]',
        "it.toml:5: calendar[c].holidays[#2]: 2026-13-01 is not a date. Write it as 2026-12-25 Christmas Day, 12-24 of every year, or 2026-12-27..2027-01-02 Works closed",
    ),
    "a day off twice": (
        'holidays = ["12-24", "12-24 Christmas Eve"]',
        "it.toml:5: calendar[c].holidays[#2]: names 12-24 twice; the first is on line 5. Keep one of the two",
    ),
    "an exception without hours": (
        "exceptions = [\n2026-12-24,\n]",
        "it.toml:6: calendar[c].exceptions[#1]: '2026-12-24' names no hours. Write it as 2026-12-24 09:00-12:00 Christmas Eve; a day off is one of holidays",
    ),
    "an exception whose hours overlap": (
        'exceptions = ["2026-12-23 09:00-12:00", "2026-12-24 09:00-12:00 11:00-14:00"]',
        "it.toml:5: calendar[c].exceptions[#2]: 11:00-14:00 overlaps other hours of that day. Write the day's hours once",
    ),
    "an exception twice": (
        'exceptions = ["2026-12-24 09:00-12:00", "2026-12-24 10:00-11:00 Once more"]',
        "it.toml:5: calendar[c].exceptions[#2]: names 2026-12-24 twice; the first is on line 5. Keep one of the two",
    ),
    "a name that writes to the terminal": (
        'holidays = ["2026-12-24 \\u001b[2J"]',
        "it.toml:5: calendar[c].holidays[#1]: holds characters that cannot be shown, or is too long. Take out control characters",
    ),
    "a day that is a number": ("holidays = [1224]", "it.toml:5: calendar[c].holidays[#1]: must be a day. Write it as 2026-12-25 Christmas Day"),
    "a country in small letters": (
        'country = "de"',
        'it.toml:5: calendar[c].country: there are no public holidays known of a country "de". Did you mean "DE"?',
    ),
    "no country": (
        'country = "Atlantis"',
        'it.toml:5: calendar[c].country: there are no public holidays known of a country "Atlantis". Write its ISO 3166 code, such as DE, PT or GB',
    ),
    "a part of another country": (
        'country = "DE"\nsubdivision = "CA"',
        'it.toml:6: calendar[c].subdivision: DE has no subdivision "CA" with holidays of its own. It has: Augsburg, BB, BE, BW, BY, HB, HE, HH, MV, NI, NW, RP, SH, SL, SN, ST, TH',
    ),
    "a part of a country without parts": (
        'country = "SG"\nsubdivision = "01"',
        "it.toml:6: calendar[c].subdivision: of SG no subdivision has holidays of its own. Take it out",
    ),
    "a part of no country": (
        'subdivision = "BY"',
        'it.toml:5: calendar[c].subdivision: a subdivision of no country. Add country, such as country = "DE"',
    ),
    "a year of days off": (
        'holidays = ["01-01..06-30", "07-01..12-31"]',
        f"it.toml:5: calendar[c].holidays: the days off fill the year: a calendar without working hours. {_NO_HOURS}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", _REFUSED)
def test_a_mistake_in_a_calendar_is_named(mistake: str, tmp_path: Path) -> None:
    text, expected = _REFUSED[mistake]
    assert lines_of(read_beside_house(tmp_path, _HEAD + text), tmp_path) == [expected]


def test_midnight_is_written_as_the_end_of_a_day(tmp_path: Path) -> None:
    text = '[[calendar]]\nid = "c"\nzone = "UTC"\nhours = ["mon 18:00-24:00", "tue 18:00-00:00"]'
    assert lines_of(read_beside_house(tmp_path, text), tmp_path) == [
        (
            "it.toml:4: calendar[c].hours[#2]: '18:00-00:00' ends at the beginning of its day. "
            "The end of a day is written 18:00-24:00"
        )
    ]


def test_everything_wrong_in_a_calendar_is_told_at_once(tmp_path: Path) -> None:
    text = '[[calendar]]\nid = "c"\nzone = "Moon"\nhours = []\nholidays = ["x"]\nexceptions = ["y"]\ncountry = "Z"\ncolour = 1'
    lines = [line.split(":")[1] for line in lines_of(read_beside_house(tmp_path, text), tmp_path)]
    assert lines == ["3", "4", "5", "6", "7", "8"]


def test_a_calendar_is_read_with_all_its_days(tmp_path: Path) -> None:
    text = _HEAD + (
        'holidays = [2026-05-04, "12-27..12-31  Works closed"]\nexceptions = ["12-24 8:00-12:00 Christmas Eve"]\n'
        'country = "DE"\nsubdivision = "BY"\n'
    )
    calendar = read_beside_house(tmp_path, text).require().calendars["c"]
    assert calendar.holidays == ("2026-05-04", "12-27..12-31 Works closed")
    assert calendar.exceptions == ("12-24 08:00-12:00 Christmas Eve",)
    assert {"2026-04-06 Easter Monday", "2026-06-04 Corpus Christi"} <= set(calendar.public)
    assert (min(calendar.public)[:4], max(calendar.public)[:4]) == ("2020", "2040")


def test_public_holidays_are_those_of_the_part_of_the_country() -> None:
    of_bavaria, of_berlin = (
        {line.partition(" ")[0] for line in public_holidays("DE", part)} for part in ("BY", "BE")
    )
    assert "2027-01-06" in of_bavaria - of_berlin
    assert "2027-03-08" in of_berlin - of_bavaria
    assert "2027-03-29" in of_bavaria & of_berlin


def test_what_was_declared_before_these_keys_came_is_not_changed_by_them() -> None:
    kept = {"id": "c", "zone": "UTC", "hours": [[0, 480, 1080]], "holidays": ["2026-12-25"]}
    calendar = decode(Calendar, kept)
    assert calendar == Calendar("c", "UTC", ((0, 480, 1080),), ("2026-12-25",))
    assert encode(calendar) == kept


def test_of_holidays_a_change_tells_those_that_came_and_went() -> None:
    before = Calendar("c", "UTC", ((0, 480, 1080),), ("2026-12-25",), public=public_holidays("DE", "BY"))
    gone, rest = before.public[0], before.public[1:]
    after = Calendar(
        "c", "UTC", before.hours, ("2026-12-25", "12-24"), public=(*rest, "2040-12-31 Leap of faith")
    )
    (change,) = difference(Catalog(calendars={"c": before}), Catalog(calendars={"c": after}))
    assert str(change) == f"calendar c: holidays [] → [12-24]; public [{gone}] → [2040-12-31 Leap of faith]"


@pytest.mark.parametrize(("country", "is_paid"), [("", False), ('country = "PT"', True)])
def test_only_who_reads_a_calendar_with_a_country_pays_for_its_holidays(
    country: str, is_paid: bool, tmp_path: Path
) -> None:
    write_files(tmp_path, {"it.toml": _HEAD + country})
    assert read_catalog(tmp_path).problems == ()
    program = (
        "import sys, pathlib\n"
        "from core.catalog.reader import read_catalog\n"
        "import core.desk.agreements.versions, core.desk.agreements.coverage, core.desk.hours.service_hours, core.desk.clocks.promises\n"
        "assert 'holidays' not in sys.modules\n"
        "read_catalog(pathlib.Path(sys.argv[1])).require()\n"
        "print('holidays' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == (f"{is_paid}\n", "")
