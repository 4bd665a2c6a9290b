"""`watchfloor thresholds`: print by what is judged, revise a threshold while it is judged by, end that, and try ranges out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.cli.plain import add_plain_argument, print_plain
from console.cli.printing import (
    add_seen_argument,
    add_store_arguments,
    open_store,
    person,
    print_json,
    print_table,
)
from console.cli.signal import end_of
from console.cli.words import refuse_unused, whole
from core.counting import counted
from core.errors import BadInput
from core.monitoring.revisions.commands import end_revision, revise_threshold
from core.monitoring.revisions.model import MOST_DAYS, NONE, OPERATOR_H, RANGES, ranges_in_words, revised
from core.monitoring.revisions.queries import every_threshold, judged, threshold_called
from core.monitoring.revisions.trying import MOST_HOURS, figures, tried, values_of
from core.timekeeping import utc_now

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from datetime import datetime

    from core.monitoring.revisions.queries import Judged
    from core.monitoring.revisions.trying import Figures, Trial, Values
    from core.store.store import Store

TAKES = {
    "revise": (*RANGES, "until", "to", "reason", "seen"),
    "end": ("reason", "seen"),
    "try": (*RANGES, "hours"),
}
WORDS = ("probe", *RANGES, "until", "to", "reason", "seen", "hours")
HOURS = 24


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `thresholds`."""
    add_store_arguments(parser)
    add_plain_argument(parser)
    parser.add_argument(
        "verb", nargs="?", choices=tuple(TAKES),
        help="revise: judge by other ranges from now on; end: by the catalog again; try: what would have been. None: print all",
    )  # fmt: skip
    parser.add_argument(
        "probe", nargs="?", default="",
        help="which, as component/probe/measure; parts may be left out where there is only one",
    )  # fmt: skip
    parser.add_argument("--revised", action="store_true", help="print only what is revised")
    for name in RANGES:
        level = name.removesuffix("_clear")
        words = (
            f"the range outside which a value is {level}, as 80, 10: or ~:5; {NONE} for none"
            if level == name
            else f"the range inside which {level} ends"
        )
        parser.add_argument(f"--{name.replace('_', '-')}", metavar="RANGE", default="", help=words)
    parser.add_argument(
        "--until", metavar="WHEN", default="",
        help=f"its end: 06:00, 2026-11-30 18:00 (UTC) or 4h; a lead's beyond {OPERATOR_H} h, at most {MOST_DAYS} days",
    )  # fmt: skip
    parser.add_argument("--to", metavar="WHO", default="", help="who answers for it (you)")
    parser.add_argument("--reason", metavar="TEXT", default="", help="why")
    add_seen_argument(parser, "it", _version)
    parser.add_argument(
        "--hours",
        type=whole,
        default=0,
        help=f"of how many last hours values are tried ({HOURS}), at most {MOST_HOURS}",
    )


def run(options: argparse.Namespace) -> int:
    """Prints every threshold, or what the verb made of one."""
    takes = ("probe", *TAKES[options.verb]) if options.verb else ()
    refuse_unused(options, WORDS, takes, options.verb or "thresholds without a verb")
    now = utc_now()
    with open_store(options) as store:
        if not options.verb:
            found = store.read(every_threshold)
            return _print(options, [each for each in found if each.revision or not options.revised], now)
        if not options.probe:
            raise BadInput(
                "a threshold has to be named", where=options.verb,
                next_step="Name it as component/probe/measure; watchfloor thresholds lists them",
            )  # fmt: skip
        name = store.read(threshold_called, options.probe)
        if options.verb == "try":
            return _try(options, store, store.read(judged, name), now)
        if options.verb == "revise":
            until = end_of(options.until, now) if options.until else None
            store.write(
                person(),
                revise_threshold,
                name,
                _said(options),
                until,
                options.to,
                options.reason,
                options.seen,
            )
        else:
            store.write(person(), end_revision, name, options.reason, options.seen)
        return _print(options, [store.read(judged, name)], now)


def _version(text: str) -> int:
    """Returns a version for argparse: 0 is that of what is not revised."""
    return 0 if text == "0" else whole(text)


def _said(options: argparse.Namespace) -> dict[str, str]:
    said = {name: getattr(options, name) for name in RANGES if getattr(options, name)}
    if not said:
        raise BadInput(
            "no range was said", where=options.verb, next_step="Say one, such as --warning 80 --critical 90"
        )
    return said


def _print(options: argparse.Namespace, found: Sequence[Judged], now: datetime) -> int:
    if options.json:
        print_json([as_data(each, now) for each in found])
    elif options.plain:
        print_plain([as_data(each, now) for each in found], "No threshold is declared.")
    else:
        print_table(
            ("THRESHOLD", "CATALOG", "JUDGED BY", "UNTIL", "OWNER", "REASON", "VERSION"),
            [
                (
                    each.name, ranges_in_words(each.declared), ranges_in_words(each.threshold) if each.revision else "the catalog",
                    _until(each, now), each.revision.owner if each.revision else "-",
                    each.revision.reason if each.revision else "-", each.version,
                )
                for each in found
            ],
            "Nothing is revised." if options.revised else "No threshold is declared.",
        )  # fmt: skip
        for each in found:
            if each.declared_otherwise and each.revision:
                print(f"{each.name}: when it was revised the catalog said {each.revision.declared}")
    return 0


def _until(each: Judged, now: datetime) -> str:
    if each.revision is None:
        return "-"
    words = f"{each.revision.ends_at:%Y-%m-%d %H:%M}Z" if each.revision.ends_at else "no end"
    return words if each.revision.holds(now) else f"{words}, over"


def as_data(each: Judged, now: datetime) -> dict[str, Any]:
    """Returns a threshold as JSON holds it."""
    own = each.revision
    return {
        "id": str(each.name), "component": each.name.component, "probe": each.name.probe, "measure": each.name.metric,
        "declared": _ranges(each.declared), "judged_by": _ranges(each.threshold), "is_revised": own is not None, "version": each.version,
        "revision": None if own is None else {
            "weakens": own.weakens, "owner": own.owner, "reason": own.reason, "made_by": own.made_by, "begins_at": own.begins_at,
            "ends_at": own.ends_at, "is_over": not own.holds(now), "declared_then": own.declared,
            "declared_otherwise": each.declared_otherwise,
        },
    }  # fmt: skip


def _ranges(threshold: Any) -> dict[str, str] | None:
    return None if threshold is None else {name: getattr(threshold, name) for name in RANGES}


# What would have been


def _try(options: argparse.Namespace, store: Store, standing: Judged, now: datetime) -> int:
    wanted = revised(standing.threshold, _said(options))
    values = store.read(values_of, standing.name, now, options.hours or HOURS)
    if not values.are_of(standing.name.metric):
        kept = f"{values.metric} is kept" if values.metric else "none is kept yet"
        raise BadInput(
            f"no value of {standing.name.metric} is kept: of each look the first measure's is, here {kept}",
            where=str(standing.name), next_step="Nothing can be tried out; a revision can be made all the same",
        )  # fmt: skip
    known, before, after = figures(values), tried(values, standing.threshold), tried(values, wanted)
    if options.json or options.plain:
        data = _trial_data(standing, values, known, before, after)
        data |= {"judged_by": _ranges(standing.threshold), "tried": _ranges(wanted)}
        if options.json:
            print_json(data)
        else:
            print_plain([data], "")
        return 0
    print(f"{standing.name}: {counted(before.looks, 'value')} of the last {values.span}; nothing is changed")
    if values.is_cut:
        print("Older values are left out: so many are tried at most")
    if known is not None:
        print(
            f"lowest {known.lowest:.4g}, middle {known.middle:.4g}, highest {known.highest:.4g} {values.unit}".rstrip()
        )
    print_table(
        ("", "RANGES", "WARNING", "CRITICAL", "CONFIRMED"),
        [
            _trial_line("judged by", ranges_in_words(standing.threshold), before),
            _trial_line("tried", ranges_in_words(wanted), after),
        ],
        "",
    )
    return 0


def _trial_line(what: str, ranges: str, trial: Trial) -> tuple[str, ...]:
    return (
        what, ranges, f"{trial.share(trial.warning):.1%}", f"{trial.share(trial.critical):.1%}",
        f"warning {counted(trial.warnings_confirmed, 'time')}, critical {counted(trial.criticals_confirmed, 'time')}",
    )  # fmt: skip


def _trial_data(
    standing: Judged, values: Values, known: Figures | None, before: Trial, after: Trial
) -> dict[str, Any]:
    return {
        "id": str(standing.name), "unit": values.unit, "values": known._asdict() if known else None,
        "is_cut": values.is_cut, "with_judged_by": before._asdict(), "with_tried": after._asdict(),
    }  # fmt: skip
