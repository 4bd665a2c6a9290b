"""The public holidays of a country, from the `holidays` package; it is imported where a calendar names a country.

They become part of the calendar as it is read (see docs/decisions), so only who reads files pays for them, and what
was promised does not change with another version of the package.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import Any

from core.catalog.nearest import did_you_mean, listed
from core.catalog.quoting import short
from core.printable import printable

YEARS = range(2020, 2041)
"""The years for which they are taken down."""
_NAME_LIMIT = 100
Fault = tuple[str, str]


def country_fault(country: str) -> Fault | None:
    """Returns (what, next step) for what is no country whose public holidays are known."""
    known = _countries()
    if country in known:
        return None
    step = did_you_mean(country, known, "Write its ISO 3166 code, such as DE, PT or GB")
    return f'there are no public holidays known of a country "{short(country)}"', step


def subdivision_fault(country: str, subdivision: str) -> Fault | None:
    """Returns (what, next step) for a subdivision that the country has not, or that has no holidays of its own."""
    known = _countries().get(country, ())
    if subdivision in known or country not in _countries():
        return None
    if not known:
        return f"of {country} no subdivision has holidays of its own", "Take it out"
    step = did_you_mean(subdivision, known, f"It has: {listed(known, 30)}")
    return f'{country} has no subdivision "{short(subdivision)}" with holidays of its own', step


@lru_cache(maxsize=32)
def public_holidays(country: str, subdivision: str) -> tuple[str, ...]:
    """Returns the public holidays, as `2026-04-06 Easter Monday`, in order; both names must be right. Names are English where they can be."""
    import holidays

    of_country: Any = holidays.country_holidays(country)
    years = [y for y in YEARS if of_country.start_year <= y <= of_country.end_year]
    language = _language(tuple(of_country.supported_languages))
    with warnings.catch_warnings():  # of some countries the feasts of a few years are not worked out yet
        warnings.simplefilter("ignore", UserWarning)
        found = holidays.country_holidays(country, subdiv=subdivision or None, years=years, language=language)
    return tuple(f"{day} {printable(name, _NAME_LIMIT)}" for day, name in sorted(found.items()))


def _language(spoken: tuple[str, ...]) -> str | None:
    return next(
        (each for each in ("en_US", "en_GB", *spoken) if each in spoken and each.startswith("en")), None
    )


@lru_cache(maxsize=1)
def _countries() -> dict[str, tuple[str, ...]]:
    import holidays

    return {
        name: tuple(parts) for name, parts in holidays.list_supported_countries(include_aliases=False).items()
    }
