"""`watchfloor import`: take a report of vulnerabilities in, and say what came of each of its lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.cli.printing import add_store_arguments, open_store, person, print_json, print_some
from core.counting import counted
from core.security.findings.importing import CLOSING, REOPENING, import_report, preview
from core.security.findings.matching import What
from core.security.findings.preparing import Asked
from core.security.findings.reports.reading import KINDS, read_report
from core.timekeeping import utc_now

if TYPE_CHECKING:
    import argparse

    from core.security.findings.importing import Done, Outcome


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `import`."""
    add_store_arguments(parser)
    parser.add_argument(
        "file", type=Path, help="the report: JSON, XML or CSV; what it is is seen by what it holds"
    )
    parser.add_argument(
        "--kind", choices=KINDS, default="", help="it must be of this kind, else it is refused"
    )
    parser.add_argument(
        "--component", metavar="ID", default="", help="the component it is about, whatever it names"
    )
    parser.add_argument(
        "--source", metavar="NAME", default="", help="what found it, where one tool looks in several ways"
    )
    parser.add_argument("--empty", action="store_true", help="a report that lists nothing is right")
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would come of it, and change nothing"
    )


def run(options: argparse.Namespace) -> int:
    """Takes the report in, whole or not at all, and prints what came of it."""
    opened = read_report(options.file, options.kind)
    asked = Asked(options.component, options.source, options.empty)
    with open_store(options) as store:
        if options.dry_run:
            came = store.read(preview, opened, asked, utc_now())
        else:
            came = store.write(person(), import_report, opened, asked)
    if options.json:
        print_json(as_data(came))
        return 0
    _print(came, opened.file, opened.report.kind)
    return 0


def _print(came: Outcome, file: str, kind: str) -> None:
    number = "nothing was written" if came.scan is None else came.scan.label
    print(f"{file} ({kind}): {number}")
    print(
        f"read {came.read}, matched {came.matched}, created {came.created}, changed {came.changed}, closed {came.closed}, "
        f"reopened {came.reopened}, refused {len(came.refusals)}{_by_list(came)}"
    )
    for title, whats in (
        ("created", {What.CREATE}),
        ("closed", CLOSING),
        ("reopened", REOPENING),
        ("changed", {What.USED}),
    ):
        print_some(title, [_words(each) for each in came.done if each.what in whats])
    print_some("due by the list", [_words(each) for each in came.by_list])
    if came.listed is not None:
        counts = ", ".join(
            f"{len(rows)} {name.replace('_', ' ')}" for name, rows in came.listed.parts().items()
        )
        print(f"on the list of exploited vulnerabilities {came.listed.on}: {counts}")
    if came.not_closed:
        many = counted(came.not_closed, "finding")
        print(f"not closed: {many} that it does not list, for part of it was not read or not looked at")
    print_some("refused", [f"{place}: {why}" for place, why in came.refusals])


def _by_list(came: Outcome) -> str:
    return (
        f"; {counted(len(came.by_list), 'finding')} due by the list of exploited vulnerabilities"
        if came.by_list
        else ""
    )


def _words(each: Done) -> str:
    name = f"{each.label} " if each.label else ""
    place = f" ({each.place})" if each.place else ""
    return f"{name}{each.vulnerability} in {each.package} of {each.component}{place}"


def as_data(came: Outcome) -> dict[str, Any]:
    """Returns what came of an import as JSON holds it."""
    return {
        "report": came.scan.label if came.scan else None, "read": came.read, "matched": came.matched,
        "created": came.created, "changed": came.changed, "closed": came.closed, "reopened": came.reopened,
        "not_closed": came.not_closed, "done": [each._asdict() for each in came.done],
        "refused": [each._asdict() for each in came.refusals], "due_by_list": [each._asdict() for each in came.by_list],
        "list": None if came.listed is None else {
            "on": came.listed.on, **{name: [row["vulnerability"] for row in rows] for name, rows in came.listed.parts().items()},
        },
    }  # fmt: skip
