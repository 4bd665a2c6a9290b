"""`watchfloor satisfaction`: what requesters answered when they were asked how satisfied they are."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from console.cli.printing import add_store_arguments, open_store, print_json, print_table
from core.counting import counted
from core.improvement.surveys.queries import satisfaction
from core.timekeeping import parse_span, utc_now

if TYPE_CHECKING:
    import argparse

    from core.improvement.surveys.measures import Measured
    from core.improvement.surveys.queries import Satisfaction

DEFAULT_SPAN = "30d"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `satisfaction`."""
    add_store_arguments(parser)
    parser.add_argument(
        "--last",
        metavar="SPAN",
        default=DEFAULT_SPAN,
        help="of what was asked in so long, as 30d (the default) or 12h",
    )


def run(options: argparse.Namespace) -> int:
    """Prints each measure with its rate, its formula and its interval, also by how promises were kept."""
    span_s = parse_span(options.last)
    with open_store(options) as store:
        end = utc_now()
        begin = end - timedelta(seconds=span_s)
        found = store.read(satisfaction, begin, end, end)
    if options.json:
        print_json({"from": begin, "to": end, "measures": [as_data(each) for each in found]})
        return 0
    print_table(
        ("MEASURE", "PROMISES", "VALUE", "95 % FROM", "TO", "ANSWERS", "ASKED", "RATE"),
        [
            (each.scale.upper(), of, _figure(each.value), _figure(each.low), _figure(each.high), each.answers, each.asked, _percent(each.rate))
            for whole, by_promises in found
            for of, each in (("all", whole), *by_promises.items())
        ],
        f"Nobody was asked in the last {options.last}.",
    )  # fmt: skip
    for each, _ in found:
        print(
            f"{each.scale.upper()}: {each.formula}. {counted(each.answers, 'answer')} of {each.asked} asked."
        )
    if found:
        print(
            "PROMISES: those of the request that was asked about, under all its agreements; broken once is broken."
        )
    return 0


def as_data(satisfaction: Satisfaction) -> dict[str, Any]:
    """Returns a measure as JSON holds it, also by how promises were kept."""
    measured = satisfaction.measured
    by_promises = {str(how): _values(each) for how, each in satisfaction.by_promises.items()}
    return (
        {"measure": measured.scale}
        | _values(measured)
        | {"formula": measured.formula, "promises": by_promises}
    )


def _values(measured: Measured) -> dict[str, Any]:
    return {
        "value": measured.value, "low": measured.low, "high": measured.high, "answers": measured.answers,
        "asked": measured.asked, "rate": measured.rate,
    }  # fmt: skip


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f} %"
