"""What a request says of its survey: how its requester was asked, what they answered, and which promises had been kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.improvement.surveys.promises import promises_words

if TYPE_CHECKING:
    from core.desk.requests.whole import Whole


def survey_facts(whole: Whole) -> list[tuple[str, str]]:
    """Returns it in words, each with what it is called; nothing where nobody was asked."""
    asked = whole.asked
    if asked is None:
        return []
    follow_up = f"; follow-up A-{asked.action}" if asked.action is not None else ""
    words = (
        f"asked {asked.asked_at:%Y-%m-%d %H:%M}Z ({asked.scale}), {asked.words}{follow_up}\n{asked.comment}"
    )
    return [("satisfaction", words.rstrip()), ("promises", promises_words(whole.promises))]


def survey_data(whole: Whole) -> dict[str, Any] | None:
    """Returns it as JSON holds it; None where nobody was asked."""
    asked = whole.asked
    if asked is None:
        return None
    return {
        "state": asked.state, "scale": asked.scale, "asked_at": asked.asked_at, "expires_at": asked.expires_at,
        "score": asked.score, "comment": asked.comment, "answered_at": asked.answered_at, "via": asked.via,
        "follow_up": None if asked.action is None else f"A-{asked.action}",
        "promises": [
            {"agreement": each.agreement, "clock": each.kind, "broken_at": each.broken_at, "pending": each.is_pending}
            for each in whole.promises
        ],
    }  # fmt: skip
