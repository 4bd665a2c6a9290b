"""The names under which text is coloured. What each looks like is the theme's business."""

from __future__ import annotations

from enum import StrEnum


class Tone(StrEnum):
    """Says what a piece of text means; `screens.themes` turns it into a style of the theme in use."""

    TEXT = "text"
    MUTED = "muted"  # what may be overlooked: units, ids of others, dates long past
    STRONG = "strong"
    ACCENT = "accent"  # what can be acted on, or is chosen
    HEADER = "header"  # titles of columns and panes

    OK = "ok"
    WARNING = "warning"
    CRITICAL = "critical"
    CRITICAL_BARS = (
        "critical-bars"  # the same where heights are drawn: turned inside out they would read wrong
    )
    UNKNOWN = "unknown"
    UNREACHABLE = "unreachable"
    STOPPED = "stopped"
    PENDING = "pending"
    STALE = "stale"  # older than it may be: shown, but not to be trusted

    THEN = "then"  # what is shown is the past

    MARK = "mark"
    HELD = "held"  # changes that wait until the operator rests
    GONE = "gone"  # no longer there; only its place is kept

    CURSOR = "cursor"  # laid over a whole line
    CURSOR_AWAY = "cursor-away"  # the same, while another pane has the keys


def bars_tone(tone: Tone) -> Tone:
    """Returns the tone for bars of what is said in `tone`."""
    return Tone.CRITICAL_BARS if tone is Tone.CRITICAL else tone


def tally(count: int, words: str, tone: Tone) -> tuple[str, Tone]:
    """Returns a figure of a title with its words, in `tone` where there is something to count."""
    return f"   {count} {words}", tone if count else Tone.MUTED
