"""How the escalation of one incident or request stands, printed in lines or as data."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from core.desk.escalation.words import standing_words
from core.printable import printable

if TYPE_CHECKING:
    import argparse

    from core.desk.escalation.commands import Escalated
    from core.desk.escalation.queries import Escalation


def print_escalation(found: Escalation | None) -> None:
    """Prints how an escalation stands; nothing for none."""
    if found is not None:
        for line in standing_words(found):
            print(f"{'escalation':<12}  {printable(line, 300)}")


def print_escalated(options: argparse.Namespace, done: Escalated) -> None:
    """Says who was told by hand, on standard error where data is printed."""
    words = ", ".join(done.told) if done.told else "nobody: nobody was found to tell"
    print(f"step {done.step} told {printable(words, 200)}", file=sys.stderr if options.json else None)


def escalation_data(found: Escalation | None) -> dict[str, Any] | None:
    """Returns how an escalation stands as JSON holds it; None for none."""
    if found is None:
        return None
    return {
        "policy": found.policy.id, "steps": len(found.policy.steps), "next_at": found.next_at, "next_step": found.next_step,
        "nobody_at": found.nobody_at, "is_over": found.is_over,
        "taken": [
            {"step": each.step, "round": each.round, "at": each.at, "told": list(each.told)} for each in found.taken
        ],
    }  # fmt: skip
