"""The form of a request's type on the command line: said with --form, and asked for where somebody sits at a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from core.desk.agreements.forms import check_form
from core.desk.agreements.words import field_words
from core.desk.requests.offers import offered_types
from core.errors import BadInput
from core.printable import printable
from core.timekeeping import utc_now

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from core.catalog.model import FormField, RequestType
    from core.store.store import Store


def form_words(said: Sequence[str]) -> dict[str, str]:
    """Returns the fields that were said as NAME=VALUE. Raises BadInput for what is not said so, or said twice."""
    found: dict[str, str] = {}
    for each in said:
        name, sign, value = each.partition("=")
        if not sign or not name.strip():
            raise BadInput(
                f"{printable(each, 60)!r} is no field of a form", next_step="Write it as --form NAME=VALUE"
            )
        if name.strip() in found:
            raise BadInput(f"{name.strip()} is said twice", next_step="Say it once")
        found[name.strip()] = value
    return found


def filled_in(store: Store, options: argparse.Namespace) -> dict[str, str]:
    """Returns the form of a new request: what was said, and of its type's fields what a person at a terminal answers besides."""
    found = form_words(options.form)
    if not options.type or not sys.stdin.isatty():
        return found
    types = store.read(offered_types, options.requester, options.service, utc_now())
    offered = next((each for each in types if each.id == options.type), None)
    for field in offered.fields if offered is not None else ():
        if offered is not None and field.name not in found:
            found[field.name] = _asked(offered, field, found)
    return found


def _asked(offered: RequestType, field: FormField, found: dict[str, str]) -> str:
    """Asks for one field until it is right, or left empty where it may be."""
    while True:
        print(
            f"{printable(field.label, 100)} ({printable(field_words(field), 300)}): ",
            end="",
            file=sys.stderr,
            flush=True,
        )
        line = sys.stdin.readline()
        if not line:
            return ""  # the end of what is typed: core says what is missing
        faults = [
            each
            for each in check_form(offered, {**found, field.name: line}).faults
            if each.name == field.name
        ]
        if not faults:
            return line.strip()
        print(printable(str(faults[0]), 300), file=sys.stderr)
