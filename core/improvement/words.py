"""A corrective action in words: from what it came, in one sentence, and all of it part by part. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.counting import counted
from core.improvement.recurring import measure_in
from core.journal.wording import label

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from core.catalog.improvement import Cause
    from core.improvement.model import CorrectiveAction
    from core.improvement.recurring import Figure


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
