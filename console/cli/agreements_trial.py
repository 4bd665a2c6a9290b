"""`watchfloor agreements --try` and `--rejudge`: what would have been due otherwise. It reads, and changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.cli.printing import open_store, print_json, print_table
from core.counting import counted
from core.desk.agreements.terms import all_versions
from core.desk.clocks.due_words import exactly
from core.desk.clocks.trying import MOST, MOST_DAYS, terms_in, try_terms
from core.errors import BadInput, NotFound
from core.printable import printable
from core.timekeeping import from_micros, to_micros, utc_now

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from core.desk.agreements.targets import Terms
    from core.desk.clocks.trying import Judged, Otherwise, Trial
    from core.store.store import Store

DAYS = 30
_DAY = 86_400_000_000
STAYS = "Nothing was changed: what the journal says of breaches stays. Each item keeps the agreement that was chosen for it."


def print_trial(options: argparse.Namespace) -> int:
    """Prints what was opened lately and would be judged otherwise."""
    end = to_micros(utc_now())
    begin = end - (options.days or DAYS) * _DAY
    directory: str | None = getattr(options, "try")
    with open_store(options) as store:
        terms = (
            _declared(directory, options.id) if directory else _of_version(store, options.id, options.rejudge)
        )
        trial = store.read(try_terms, terms, begin, end, is_all=directory is not None, only=options.id or "")
    by = f"as in {directory}" if directory else f"by version {options.rejudge} of {options.id}"
    if options.json:
        print_json(_data(trial, by, end))
        return 0
    print_table(
        ("ITEM", "CLOCK", "AGREEMENT", "TARGET", "WOULD BE", "DUE", "WOULD BE", "BREACH", "TITLE"),
        [_row(each) for each in sorted(trial.otherwise, key=lambda each: -abs(each.more))],
        "Nothing would be due otherwise.",
    )
    print(printable(f"{by}: {_sum(trial, end)}", 400))
    if begin < trial.begin:
        print(f"Only the last {MOST_DAYS} days were tried.")
    for kind in trial.cut:
        print(f"Only the newest {counted(MOST, kind)} were tried: older ones of that time are left out.")
    print(STAYS)
    return 0


def _declared(directory: str, agreement: str | None) -> Mapping[str, Terms]:
    from console.catalog_source import read_good

    terms = terms_in(read_good(directory))
    if agreement is not None and agreement not in terms:
        raise NotFound(f"there is no agreement {agreement!r} in {directory}")
    return terms


def _of_version(store: Store, agreement: str | None, version: int) -> Mapping[str, Terms]:
    if agreement is None:
        raise BadInput(
            "which agreement is to be judged by is not said",
            next_step="Write watchfloor agreements ID --rejudge 2",
        )
    terms = store.read(lambda connection: all_versions(connection).of_version(agreement, version))
    if terms is None:
        raise NotFound(
            f"there is no version {version} of an agreement {agreement!r}",
            next_step="`watchfloor request R-7 due` says which versions items go by",
        )
    return {agreement: terms}


def _row(each: Otherwise) -> tuple[str, ...]:
    breach = {1: "MORE", -1: "LESS", 0: "-"}[each.more]
    targets = (_target(judged) for judged in (each.was, each.would))
    dues = (_due(judged) for judged in (each.was, each.would))
    return (each.item, str(each.kind), each.agreement, *targets, *dues, breach, each.title)


def _target(judged: Judged | None) -> str:
    return "none" if judged is None else exactly(judged.allowed_s)


def _due(judged: Judged | None) -> str:
    if judged is None:
        return "-"
    return "stands still" if judged.due is None else f"{from_micros(judged.due):%Y-%m-%d %H:%M}Z"


def _sum(trial: Trial, end: int) -> str:
    more = sum(each.more > 0 for each in trial.otherwise)
    less = sum(each.more < 0 for each in trial.otherwise)
    items = len({each.item for each in trial.otherwise})
    return (
        f"{from_micros(trial.begin):%Y-%m-%d %H:%M}Z to {from_micros(end):%Y-%m-%d %H:%M}Z, {counted(trial.opened, 'item')} opened,"
        f" {items} would be due otherwise; promises broken {trial.broken}, would be {trial.would_break}: {more} more, {less} less"
    )


def _data(trial: Trial, by: str, end: int) -> dict[str, Any]:
    return {
        "by": by, "from": from_micros(trial.begin), "to": from_micros(end), "opened": trial.opened, "broken": trial.broken,
        "would_break": trial.would_break, "left_out": list(trial.cut), "changed": False,
        "otherwise": [
            {
                "item": each.item, "title": each.title, "agreement": each.agreement, "clock": each.kind, "more": each.more,
                "was": _judged_data(each.was), "would": _judged_data(each.would),
            }
            for each in trial.otherwise
        ],
    }  # fmt: skip


def _judged_data(judged: Judged | None) -> dict[str, Any] | None:
    if judged is None:
        return None
    due, broken_at = (None if at is None else from_micros(at) for at in (judged.due, judged.broken_at))
    return {"target_s": judged.allowed_s, "due": due, "broken_at": broken_at}
