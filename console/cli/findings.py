"""`watchfloor findings`: print the vulnerabilities of components, what is due, and the reports they came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.cli.printing import add_store_arguments, open_store, print_json, print_table, who
from console.cli.words import refuse_unused, whole
from core.printable import printable
from core.security.findings.burning_down import weeks
from core.security.findings.kept_list import lines_of_list, newest_list
from core.security.findings.pages import ORDERS, VIEWS, Wanted, page
from core.security.findings.queries import scans
from core.timekeeping import utc_now

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from datetime import date

    from core.security.findings.burning_down import Week
    from core.security.findings.kept_list import Line
    from core.security.findings.model import Finding
    from core.security.findings.queries import Scan

MOST = 500
WORDS = ("filter", "view", "all", "scans", "kev", "weeks", "plain")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `findings`."""
    add_store_arguments(parser)
    parser.add_argument("filter", nargs="*", help="words that must be there; one with ! in front must not")
    parser.add_argument("--view", choices=tuple(VIEWS), default="", help="which part of them (open ones)")
    parser.add_argument("--all", action="store_true", help="closed ones too")
    parser.add_argument("--sort", choices=tuple(ORDERS), default="due", help="in which order (due)")
    parser.add_argument("--limit", type=whole, default=MOST, help=f"at most so many ({MOST})")
    parser.add_argument("--scans", action="store_true", help="print the reports that were imported instead")
    parser.add_argument(
        "--weeks", action="store_true", help="print how many were open at the end of each week instead"
    )
    parser.add_argument(
        "--kev", action="store_true", help="print the list of exploited vulnerabilities that is kept instead"
    )
    parser.add_argument("--plain", action="store_true", help="print a sentence for each, without columns")


def run(options: argparse.Namespace) -> int:
    """Prints findings, the reports, or the weeks."""
    own = next((name for name in ("scans", "weeks", "kev") if getattr(options, name)), "")
    if own:
        refuse_unused(options, WORDS, (own, "filter") if own == "kev" else (own,), f"--{own}")
    now = utc_now()
    with open_store(options) as store:
        if options.scans:
            return _print_scans(options, store.read(scans))
        if options.weeks:
            return _print_weeks(options, store.read(weeks, now))
        if options.kev:
            newest, lines = store.read(newest_list), store.read(lines_of_list, " ".join(options.filter))
            return _print_list(options, newest, lines)
        view = options.view or ("all" if options.all else "open")
        wanted = Wanted(who(store), now.date(), view, " ".join(options.filter), options.sort)
        return print_findings(options, store.read(page, wanted, limit=options.limit), now.date())


def print_findings(options: argparse.Namespace, found: Sequence[Finding], today: date) -> int:
    """Prints findings as the options ask for it; returns the exit code."""
    if options.json:
        print_json([as_data(each, today) for each in found])
    elif options.plain:
        for each in found:
            print(printable(sentence(each, today), 1000))
        if not found:
            print("No finding is there.")
    else:
        print_table(
            ("ID", "SEVERITY", "STATE", "DUE", "VULNERABILITY", "PACKAGE", "VERSION", "FIXED IN", "COMPONENT", "OWNER"),
            [
                (
                    f.label, f"{f.severity}{' !' if f.exploited.is_used else ''}", f.standing, due_words(f, today),
                    f.vulnerability, f.package, f.package_version, f.fixed_in or "-", f.component, f.owner or "-",
                )
                for f in found
            ],
            "No finding is there.",
        )  # fmt: skip
    return 0


def due_words(finding: Finding, today: date) -> str:
    """Returns by which day it is to be corrected, and whether that is past; a dash where no day is set."""
    if finding.due is None:
        return "-"
    return f"{finding.due} late" if finding.is_overdue(today) else str(finding.due)


def sentence(finding: Finding, today: date) -> str:
    """Returns a finding in one sentence."""
    used = ", which is exploited" if finding.exploited.is_used else ""
    fixed = f", fixed in {finding.fixed_in}" if finding.fixed_in else ", no fixed version known"
    owner = f"owned by {finding.owner}" if finding.owner else "nobody's"
    rule = f" ({finding.due_rule})" if finding.due else ""
    return (
        f"{finding.label} {finding.standing}: {finding.severity} {finding.vulnerability}{used}, in {finding.package} "
        f"{finding.package_version} of {finding.component}{fixed}; due {due_words(finding, today)}{rule}; {owner}"
    )


def as_data(finding: Finding, today: date) -> dict[str, Any]:
    """Returns a finding as JSON holds it, on a day."""
    return {
        "id": finding.label, "state": finding.state, "standing": finding.standing, "severity": finding.severity,
        "vulnerability": finding.vulnerability, "aliases": list(finding.aliases), "component": finding.component,
        "package": finding.package, "package_version": finding.package_version, "fixed_in": finding.fixed_in,
        "path": finding.path, "title": finding.title, "url": finding.url, "exploited": finding.exploited._asdict(),
        "is_exploited": finding.exploited.is_used, "found_at": finding.found_at, "start": finding.start,
        "due": finding.due, "due_rule": finding.due_rule, "days_left": finding.days_left(today),
        "is_overdue": finding.is_overdue(today), "seen_in": list(finding.seen_in), "owner": finding.owner,
        "why": finding.why, "justification": finding.justification, "accepted_until": finding.accepted_until,
        "accepted_owner": finding.accepted_owner, "corrected_at": finding.corrected_at,
        "corrected_by": finding.corrected_by, "closed_at": finding.closed_at, "proof": finding.proof,
        "in_time": finding.in_time,
    }  # fmt: skip


def _print_scans(options: argparse.Namespace, found: Sequence[Scan]) -> int:
    if options.json:
        print_json([each._asdict() for each in found])
        return 0
    print_table(
        ("ID", "MADE", "SOURCE", "SCOPE", "COMPONENTS", "READ", "NEW", "CLOSED", "REOPENED", "REFUSED", "BY"),
        [
            (
                s.label, f"{s.scanned_at:%Y-%m-%d %H:%M}Z", s.source, s.scope or "-", ", ".join(s.components), s.lines,
                s.created, s.closed, s.reopened, s.refused, s.imported_by,
            )
            for s in found
        ],
        "No report was imported.",
    )  # fmt: skip
    return 0


def _print_list(options: argparse.Namespace, newest: Scan | None, lines: Sequence[Line]) -> int:
    if options.json:
        report = (
            None
            if newest is None
            else {"id": newest.label, "made": newest.scanned_at, "source": newest.source}
        )
        print_json({"report": report, "lines": [each._asdict() for each in lines]})
        return 0
    if newest is not None:
        print(f"{newest.label} of {newest.source}, made {newest.scanned_at:%Y-%m-%d %H:%M}Z, {newest.file}")
    print_table(
        ("VULNERABILITY", "DUE", "ADDED", "SAID BY"),
        [(each.vulnerability, each.due or "-", each.added or "-", each.report) for each in lines[: options.limit]],
        _no_list(options, newest),
    )  # fmt: skip
    if len(lines) > options.limit:
        print(f"{len(lines) - options.limit} more (--limit {len(lines)} prints them)")
    return 0


def _no_list(options: argparse.Namespace, newest: Scan | None) -> str:
    if newest is None:
        return "No list of exploited vulnerabilities was imported."
    return (
        "Nothing on it has these words in its name."
        if options.filter
        else f"Nothing is kept of it: import {newest.file} again."
    )


def _print_weeks(options: argparse.Namespace, found: Sequence[Week]) -> int:
    if options.json:
        print_json([each._asdict() for each in found])
        return 0
    rows = [(f"week of {week.monday}", week.opened, week.closed, week.left) for week in found]
    print_table(("WEEK (UTC)", "OPENED", "CLOSED", "OPEN AT ITS END"), rows, "")
    return 0
