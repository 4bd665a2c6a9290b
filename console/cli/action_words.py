"""How `watchfloor actions` prints: a table, a sentence for each, one whole, JSON, and the causes that come again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.cli.printing import print_json, print_table
from core.counting import counted
from core.improvement.recurring import measure_in
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


def source_words(action: CorrectiveAction) -> str:
    """Returns out of what it came: I-7, or `by hand`; of an origin that its subject does not say, both."""
    if action.source is None:
        return str(action.origin)
    name = label(*action.source)
    return name if action.origin == action.source.kind else f"{name} {action.origin}"


def sentence(action: CorrectiveAction, today: date) -> str:
    """Returns an action in one sentence."""
    due = f"due {action.due}" if action.due else "no day is set"
    owner = f"owned by {action.owner}" if action.owner else "nobody's"
    check = f", to be checked on {action.check_on}" if action.check_on else ""
    return (
        f"{action.label} {action.standing(today)}: {action.deviation}; from {source_words(action)}; {owner}, {due}{check}; "
        f"waits for {action.next_step}"
    )


def print_whole(
    action: CorrectiveAction, today: date, figure: Figure | None, causes: Mapping[str, Cause]
) -> None:
    """Prints everything about one action, a line for each part."""
    for name, text in parts_of(action, today, figure, causes):
        first, *more = printable_lines(text).split("\n")
        print(f"{name:<12} {printable(first, 1000)}")
        for line in more:
            print(f"{'':<12} {printable(line, 1000)}")


def parts_of(
    action: CorrectiveAction, today: date, figure: Figure | None, causes: Mapping[str, Cause]
) -> list[tuple[str, str]]:
    """Returns the parts of an action with their names, in the order in which they are written; empty ones are left out."""
    cause = causes.get(action.category)
    approved = f"by {action.approved_by}, {action.approved_at:%Y-%m-%d %H:%M}Z" if action.approved_at else ""
    evidence = [
        f"{each.text} ({each.by}, {each.at:%Y-%m-%d %H:%M}Z)" + (f"\n  {each.path}\n  SHA-256 {each.digest}" if each.path else "")
        for each in action.evidence
    ]  # fmt: skip
    parts = [
        (action.label, f"{action.standing(today)}, waits for {action.next_step}"), ("from", source_words(action)),
        ("deviation", action.deviation), ("containment", action.containment),
        ("whys", "\n".join(f"{n}. {why}" for n, why in enumerate(action.whys, 1))),
        ("category", f"{action.category}: {cause.title}" if cause else action.category), ("cause", action.cause),
        ("action", action.action), ("owner", action.owner or "nobody"), ("due", str(action.due or "no day is set")),
        ("approved", approved or ("not yet, and it is asked for" if action.needs_approval else "")),
        ("carried out", f"{action.done_at:%Y-%m-%d %H:%M}Z by {action.done_by}" if action.done_at else ""),
        ("evidence", "\n".join(evidence)), ("check", action.check_plan), ("check on", str(action.check_on or "")),
        ("checker", action.checker), ("recurs when", measure_in(action.measure).words if action.measure else ""),
        ("recurred", figure.words if figure else ""),
        ("refuted", counted(action.recurred, "time") if action.recurred else ""), ("outcome", action.outcome),
        ("overruled", action.overruled), ("missing", "" if action.state.is_ended else ", ".join(action.missing)),
    ]  # fmt: skip
    return [(name, text) for name, text in parts if text]


def as_data(action: CorrectiveAction, today: date, figure: Figure | None = None) -> dict[str, Any]:
    """Returns a corrective action as JSON holds it, on a day; `recurred_since` where the journal was asked."""
    data = {
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
            "since": figure.since, "count": figure.count, "last": [label(*each) for each in figure.last],
        }  # fmt: skip
    return data


def causes_as_data(found: Sequence[Recurrence]) -> list[dict[str, Any]]:
    """Returns the causes as JSON holds them."""
    return [
        {**each._asdict(), "actions": [f"A-{n}" for n in each.actions], "is_recurring": each.is_recurring} for each in found
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
