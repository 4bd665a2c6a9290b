"""How `watchfloor actions` prints: a table, a sentence for each, one whole, JSON, and the causes that come again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.cli.printing import print_json, print_table
from core.counting import counted
from core.improvement.words import parts_of, sentence, source_words
from core.journal.wording import label
from core.printable import printable, printable_lines

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence
    from datetime import date

    from core.catalog.improvement import Cause
    from core.improvement.causes import Recurrence
    from core.improvement.model import CorrectiveAction
    from core.improvement.recurring import Figure

NONE = "No corrective action is open."


def print_actions(options: argparse.Namespace, found: Sequence[CorrectiveAction], today: date) -> int:
    """Prints actions as the options ask for it; returns the exit code."""
    if options.json:
        print_json([as_data(action, today) for action in found])
    elif options.plain:
        for each in found:
            print(printable(sentence(each, today), 1000))
        if not found:
            print(NONE)
    else:
        print_table(
            ("ID", "STATE", "DUE", "CHECK", "FROM", "CAUSE", "DEVIATION", "ACTION", "OWNER"),
            [
                (
                    a.label, a.standing(today), a.due or "-", a.check_on or "-", source_words(a), a.category or "-",
                    a.deviation, a.action or "-", a.owner or "-",
                )
                for a in found
            ],
            NONE,
        )  # fmt: skip
    return 0


def print_whole(
    action: CorrectiveAction, today: date, figure: Figure | None, causes: Mapping[str, Cause]
) -> None:
    """Prints everything about one action, a line for each part."""
    for name, text in parts_of(action, today, figure, causes):
        first, *more = printable_lines(text).split("\n")
        print(f"{name:<12} {printable(first, 1000)}")
        for line in more:
            print(f"{'':<12} {printable(line, 1000)}")


def as_data(action: CorrectiveAction, today: date, figure: Figure | None = None) -> dict[str, Any]:
    """Returns a corrective action as JSON holds it, on a day; `recurred_since` where the journal was asked."""
    data: dict[str, Any] = {
        "id": action.label, "state": action.state, "standing": action.standing(today), "next": action.next_step,
        "origin": action.origin, "source": label(*action.source) if action.source else None,
        "incident": f"I-{action.incident}" if action.incident is not None else None, "component": action.component,
        "deviation": action.deviation, "containment": action.containment, "whys": list(action.whys),
        "category": action.category, "cause": action.cause, "action": action.action, "owner": action.owner, "due": action.due,
        "is_overdue": action.is_overdue(today), "needs_approval": action.needs_approval, "approved_at": action.approved_at,
        "approved_by": action.approved_by, "done_at": action.done_at, "done_by": action.done_by,
        "evidence": [each._asdict() for each in action.evidence], "check": action.check_plan, "measure": action.measure,
        "check_on": action.check_on, "checker": action.checker, "is_unverified": action.is_unverified(today),
        "outcome": action.outcome, "refuted": action.recurred, "figure": action.figure, "overruled": action.overruled,
        "created_at": action.created_at, "created_by": action.created_by, "closed_at": action.closed_at,
        "closed_by": action.closed_by, "missing": list(action.missing),
    }  # fmt: skip
    if figure is not None:
        data["recurred_since"] = {
            "since": figure.since, "count": figure.times, "last": [label(*each) for each in figure.last],
        }  # fmt: skip
    return data


def causes_as_data(found: Sequence[Recurrence]) -> list[dict[str, Any]]:
    """Returns the causes as JSON holds them."""
    return [
        {**each._asdict(), "actions": [f"A-{n}" for n in each.actions], "is_recurring": each.is_recurring}
        for each in found
    ]


def print_causes(found: Sequence[Recurrence], *, plain: bool) -> int:
    """Prints which causes come again; returns the exit code."""
    if plain:
        for r in found:
            again = "comes again" if r.is_recurring else "named"
            print(
                printable(
                    f"{r.title}: {again}, {counted(len(r.actions), 'action')}, {r.lately} in 90 days, {r.unended} not ended, "
                    f"refuted {counted(r.refuted, 'time')}: {', '.join(f'A-{n}' for n in r.actions)}", 1000
                )
            )  # fmt: skip
        if not found:
            print("No corrective action names a cause yet.")
        return 0
    print_table(
        ("CAUSE", "ACTIONS", "90 DAYS", "NOT ENDED", "REFUTED", "AGAIN", "COMPONENTS", "WHICH"),
        [
            (
                r.title, len(r.actions), r.lately, r.unended, r.refuted, "yes" if r.is_recurring else "-",
                ", ".join(r.components) or "-", ", ".join(f"A-{n}" for n in r.actions),
            )
            for r in found
        ],
        "No corrective action names a cause yet.",
    )  # fmt: skip
    return 0
