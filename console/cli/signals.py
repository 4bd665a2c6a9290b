"""`watchfloor signals`: print signs of a breach, how the readers of logs stand, and what is suppressed; try a file out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.cli.printing import (
    add_consent_arguments,
    add_store_arguments,
    open_store,
    person,
    print_json,
    print_table,
    who,
)
from console.cli.words import number_of, refuse_unused, whole
from core.catalog.logs import LogSource
from core.catalog.nearest import did_you_mean, listed
from core.catalog.queries import declared_log_sources, declared_sigma_rules
from core.counting import counted
from core.errors import BadInput
from core.gate.model import Consent, Level
from core.printable import printable
from core.security.signals.pages import ORDERS, VIEWS, Wanted, page
from core.security.signals.readers import readers
from core.security.signals.sigma import compile_rule
from core.security.signals.suppressing import about_in_words, end_suppression, suppressions
from core.security.signals.trying import try_log
from core.timekeeping import from_micros, utc_now

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from datetime import datetime

    from core.catalog.logs import LogFormat, LogKind
    from core.security.signals.model import Signal, Suppression
    from core.security.signals.readers import Reader
    from core.security.signals.sigma import SigmaRule

MOST = 500
WORDS = (
    "filter",
    "view",
    "readers",
    "suppressions",
    "end",
    "try_file",
    "kind",
    "format",
    "log",
    "plain",
    "yes",
    "confirm",
    "reason",
)
TAKES: dict[str, tuple[str, ...]] = {
    "readers": ("plain",), "suppressions": ("view",), "end": ("yes", "confirm", "reason"), "try_file": ("kind", "format", "log"),
}  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `signals`."""
    add_store_arguments(parser)
    parser.add_argument("filter", nargs="*", help="words that must be there; one with ! in front must not")
    parser.add_argument("--view", choices=tuple(VIEWS), default="", help="which part of them (new ones)")
    parser.add_argument("--sort", choices=tuple(ORDERS), default="severity", help="in which order (severity)")
    parser.add_argument("--limit", type=whole, default=MOST, help=f"at most so many ({MOST})")
    parser.add_argument("--readers", action="store_true", help="print how each log is read instead")
    parser.add_argument(
        "--suppressions",
        action="store_true",
        help="print what is suppressed instead; with --view all what was, too",
    )
    parser.add_argument("--end", metavar="SU-3", default="", help="end a suppression before its time")
    parser.add_argument(
        "--try", dest="try_file", metavar="FILE", default="",
        help="read a log through to its end and print what it would raise; nothing is kept",
    )  # fmt: skip
    parser.add_argument(
        "--kind", choices=("auth", "postgresql", "web"), default="", help="of the file that is tried (auth)"
    )
    parser.add_argument(
        "--format", choices=("lines", "journal"), default="", help="of the file that is tried (lines)"
    )
    parser.add_argument(
        "--log", metavar="ID", default="",
        help="try it as that log of the catalog in force is read: with its patterns, and the Sigma rules",
    )  # fmt: skip
    parser.add_argument("--plain", action="store_true", help="print a sentence for each, without columns")
    add_consent_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Prints signals, readers or suppressions, ends a suppression, or tries a file."""
    own = next((name for name in TAKES if getattr(options, name)), "")
    said = f"--{own.removesuffix('_file')}" if own else "signals"
    refuse_unused(options, WORDS, (own, *TAKES[own]) if own else ("filter", "view", "plain"), said)
    now = utc_now()
    if own == "try_file":
        return _try(options, now)
    with open_store(options) as store:
        if own == "readers":
            return _print_readers(options, store.read(readers), now)
        if own == "end":
            consent = Consent(Level.BOX if options.yes else Level.UNDOABLE, options.confirm, options.reason)
            store.write(person(), end_suppression, number_of(options.end, "SU", "suppression"), consent)
        if own in {"suppressions", "end"}:
            return _print_suppressions(options, store.read(suppressions, ended=options.view == "all"))
        wanted = Wanted(who(store), now.date(), options.view or "new", " ".join(options.filter), options.sort)
        return print_signals(options, store.read(page, wanted, limit=options.limit))


def print_signals(options: argparse.Namespace, found: Sequence[Signal]) -> int:
    """Prints signals as the options ask for it; returns the exit code."""
    if options.json:
        print_json([as_data(each) for each in found])
    elif options.plain:
        for each in found:
            print(printable(sentence(each), 1000))
        if not found:
            print("No signal is there.")
    else:
        print_table(
            ("ID", "SEVERITY", "STATE", "LAST", "TIMES", "WHAT", "ABOUT", "IN"),
            [
                (
                    s.label, s.severity, s.standing, f"{s.last_at:%Y-%m-%d %H:%M}Z", s.count, s.title, s.about or "-", s.place,
                )
                for s in found
            ],
            "No signal is there.",
        )  # fmt: skip
    return 0


def sentence(found: Signal) -> str:
    """Returns a signal in one sentence."""
    about = f" ({found.about})" if found.about else ""
    return (
        f"{found.label} {found.standing}: {found.severity}, {found.title}{about} in {found.place}, {counted(found.count, 'time')}, "
        f"last {found.last_at:%Y-%m-%d %H:%M:%S}Z"
    )


def as_data(found: Signal) -> dict[str, Any]:
    """Returns a signal as JSON holds it."""
    return {
        "id": found.label, "state": found.state, "standing": found.standing, "severity": found.severity, "rule": found.rule,
        "title": found.title, "source": found.source, "place": found.place, "component": found.component,
        "about": found.about, "day": found.day, "count": found.count, "first_at": found.first_at, "last_at": found.last_at,
        "samples": list(found.samples), "owner": found.owner, "why": found.why, "judged_by": found.judged_by,
        "judged_at": found.judged_at, "suppression": found.suppression, "incident": found.incident,
    }  # fmt: skip


def _print_readers(options: argparse.Namespace, found: Sequence[Reader], now: datetime) -> int:
    if options.json:
        print_json([
            {
                "source": r.source, "name": r.name, "path": r.path, "standing": r.words(now), "is_stale": r.is_stale(now),
                "read_at": r.read_at, "line_at": r.line_at, "usual_gap_s": r.usual_gap_s, "lines": r.lines, "used": r.used,
                "unkeyed": r.unkeyed, "cut": r.cut, "wrong": r.wrong, "off_s": r.off_s, "trouble": r.trouble,
            }
            for r in found
        ])  # fmt: skip
        return 0
    for each in found:
        path = f" ({each.path})" if each.path else ""
        print(printable(f"{each.words(now)}; {each.figures()}{path}", 1000))
    if not found:
        print("No log is declared: [[log_source]] in the catalog does.")
    return 0


def _print_suppressions(options: argparse.Namespace, found: Sequence[Suppression]) -> int:
    if options.json:
        print_json([{"id": each.label, **_fields(each)} for each in found])
        return 0
    print_table(
        ("ID", "STATE", "UNTIL", "RULE", "IN", "ABOUT", "OWNER", "REASON"),
        [
            (
                s.label,
                s.state,
                f"{s.ends_at:%Y-%m-%d %H:%M}Z",
                s.rule,
                s.source,
                about_in_words(s),
                s.owner,
                s.reason,
            )
            for s in found
        ],
        "Nothing is suppressed.",
    )
    return 0


def _fields(found: Suppression) -> dict[str, Any]:
    names = (
        "state",
        "rule",
        "source",
        "about",
        "owner",
        "reason",
        "begins_at",
        "ends_at",
        "made_by",
        "ended_at",
        "ended_by",
    )
    return {name: getattr(found, name) for name in names}


def _try(options: argparse.Namespace, now: datetime) -> int:
    """Reads a file as an agent would, but keeps nothing; prints what it raises, and which lines were of no use."""
    source, sigma = _tried_as(options)
    trial = try_log(source, now, sigma)
    if options.json:
        fields = trial._asdict()
        fields |= {
            "raised": [each._asdict() for each in trial.raised],
            "first": [each._asdict() for each in trial.first],
        }
        print_json(fields)
        return 0
    print_table(
        ("SEVERITY", "RULE", "ABOUT", "TIMES", "FIRST", "LAST"),
        [
            (
                each.severity, each.rule, each.about or "-", each.times, f"{from_micros(each.first):%Y-%m-%d %H:%M:%S}Z",
                f"{from_micros(each.last):%Y-%m-%d %H:%M:%S}Z",
            )
            for each in sorted(trial.raised, key=lambda each: (each.severity.grade, each.last))
        ],
        "Nothing in it is a signal.",
    )  # fmt: skip
    for line in trial.words(source.kind):
        print(printable(line, 300))
    return 0


def _tried_as(options: argparse.Namespace) -> tuple[LogSource, list[SigmaRule]]:
    """Returns as which log a file is tried, and by which Sigma rules. Raises BadInput for a log that is not declared."""
    path = Path(options.try_file).absolute()
    if not options.log:
        kind: LogKind = options.kind or "auth"
        form: LogFormat = options.format or "lines"
        return LogSource("tried", path.name, kind, str(path), format=form), []
    refuse_unused(options, ("kind", "format"), (), "--log")
    with open_store(options) as store:
        found, texts = store.read(declared_log_sources), store.read(declared_sigma_rules)
    if options.log not in found:
        known = (
            f"Declared: {listed(found)}" if found else "None is declared: [[log_source]] in the catalog does"
        )
        raise BadInput(
            f"no log {printable(options.log, 80)!r} is declared", where="--log", next_step=did_you_mean(options.log, found, known)
        )  # fmt: skip
    return replace(found[options.log], path=str(path)), [compile_rule(text) for text in texts]
