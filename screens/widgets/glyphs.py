"""Signs: which characters stand for what, and how a state is shown.

A state is a glyph and a word first and a colour last, so that it survives a monochrome terminal, a
colour-blind reader, a printer and a pipe. There are two sets: the block and shape characters of
Unicode, and plain ASCII for terminals that cannot show them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from core.errors import BadInput
from core.monitoring.model import State
from screens.tones import Tone

if TYPE_CHECKING:
    from collections.abc import Mapping

GlyphSetting = Literal["auto", "unicode", "ascii"]


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One set of characters. Every one is a single cell wide, but for `ellipsis`."""

    name: str
    states: Mapping[State, str]
    stale: str
    cursor: str
    mark: str
    then: str  # what is shown is the past
    gone: str
    up: str
    down: str
    ellipsis: str
    separator: str  # between parts of one line
    rule: str  # horizontal
    wall: str  # vertical
    limit: str  # a threshold's line in a chart
    gap: str  # no value was had
    looked_at: str  # somebody else has it open
    written_in: str  # somebody else writes in it
    major: str  # a major incident
    revised: str  # judged by a threshold that was revised
    planned: str  # in a maintenance window
    levels: str  # from the lowest to the highest bar of a sparkline


UNICODE = Glyphs(
    name="unicode",
    states={
        State.CRITICAL: "■",
        State.WARNING: "▲",
        State.UNKNOWN: "?",
        State.UNREACHABLE: "◇",
        State.STOPPED: "◆",
        State.PENDING: "·",
        State.OK: "●",
    },
    stale="○",
    cursor="▌",
    mark="*",
    then="◄",
    gone="×",
    up="▲",
    down="▼",
    ellipsis="…",
    separator="·",
    rule="─",
    wall="│",
    limit="╌",
    gap="·",
    looked_at="◉",
    written_in="✎",
    major="▓",
    revised="≠",
    planned="▣",
    levels="▁▂▃▄▅▆▇█",
)

ASCII = Glyphs(
    name="ascii",
    states={
        State.CRITICAL: "X",
        State.WARNING: "!",
        State.UNKNOWN: "?",
        State.UNREACHABLE: "/",
        State.STOPPED: "S",
        State.PENDING: ":",
        State.OK: ".",
    },
    stale="o",
    cursor=">",
    mark="*",
    then="<",
    gone="x",
    up="^",
    down="v",
    ellipsis="..",
    separator="-",
    rule="-",
    wall="|",
    limit="-",
    gap=".",
    looked_at="@",
    written_in="&",
    major="#",
    revised="%",
    planned="M",
    levels="_.-=*#",
)

_SETS = {"unicode": UNICODE, "ascii": ASCII}
# These consoles have fonts of 256 or 512 characters, in which bars and shapes are often missing.
_PLAIN_TERMINALS = ("dumb", "linux", "vt52", "vt100", "vt102", "vt220")


def choose_glyphs(setting: GlyphSetting, environ: Mapping[str, str]) -> Glyphs:
    """Returns the set that was asked for; with `auto`, the one that the terminal and locale can show.

    `environ` holds TERM and the locale's variables, of which the first set one of LC_ALL, LC_CTYPE
    and LANG counts (POSIX, "Internationalization Variables"). Raises BadInput for another setting.
    """
    if setting == "auto":
        locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
        shows_unicode = "utf8" in locale.lower().replace("-", "")
        plain = environ.get("TERM", "") in _PLAIN_TERMINALS
        return UNICODE if shows_unicode and not plain else ASCII
    if setting not in _SETS:
        raise BadInput(
            f"there are no glyphs called {setting!r}", where="glyphs", next_step="use auto, unicode or ascii"
        )
    return _SETS[setting]


def glyphs_of(app: object, own: Glyphs | None = None) -> Glyphs:
    """Returns the set a widget draws with: its own if it was given one, else that of its app (`app.glyphs`)."""
    chosen = own or getattr(app, "glyphs", UNICODE)
    assert isinstance(chosen, Glyphs)
    return chosen


WORDS: Mapping[State, str] = {
    State.CRITICAL: "CRIT",
    State.WARNING: "WARN",
    State.UNKNOWN: "UNKN",
    State.UNREACHABLE: "UNRCH",
    State.STOPPED: "STOP",
    State.PENDING: "PEND",
    State.OK: "OK",
}
"""The word of each state, at most five cells, so that `~` still fits into six."""

STATE_TONES: Mapping[State, Tone] = {
    State.CRITICAL: Tone.CRITICAL,
    State.WARNING: Tone.WARNING,
    State.UNKNOWN: Tone.UNKNOWN,
    State.UNREACHABLE: Tone.UNREACHABLE,
    State.STOPPED: Tone.STOPPED,
    State.PENDING: Tone.PENDING,
    State.OK: Tone.OK,
}


@dataclass(frozen=True, slots=True)
class StateLook:
    """How a state is written: `■ CRIT` in the tone `critical`. The word has at most six cells."""

    glyph: str
    word: str
    tone: Tone

    @property
    def text(self) -> str:
        """Returns glyph and word as one text."""
        return f"{self.glyph} {self.word}"

    @property
    def cell(self) -> tuple[tuple[str, Tone], ...]:
        """Returns the same as one cell of a grid."""
        return ((self.text, self.tone),)


def state_look(
    state: State, glyphs: Glyphs, *, soft: bool = False, flapping: bool = False, stale: bool = False
) -> StateLook:
    """Returns how `state` is shown.

    Stale comes before all else: what is not known to be so now is not shown as if it were. A
    flapping state keeps its glyph and says FLAP. A soft state (seen, not yet confirmed) is written
    small with a tilde: `■ crit~`.
    """
    if stale:
        return StateLook(glyphs.stale, "STALE", Tone.STALE)
    word = "FLAP" if flapping else WORDS[state]
    if soft:
        word = f"{word.lower()}~"
    return StateLook(glyphs.states[state], word, STATE_TONES[state])


PLANNED = "MAINT"
"""The word for what is in a maintenance window, whatever its state."""


def legend(glyphs: Glyphs) -> tuple[tuple[StateLook, str], ...]:
    """Returns every way a state can look with its meaning in words, worst first, and the signs of who else is there, for the help."""
    return (
        (state_look(State.CRITICAL, glyphs), "critical: a limit is broken, confirmed"),
        (state_look(State.CRITICAL, glyphs, soft=True), "small, with ~: seen, not yet confirmed"),
        (state_look(State.UNKNOWN, glyphs), "unknown: the probe could not tell"),
        (state_look(State.UNREACHABLE, glyphs), "unreachable: something it needs has failed"),
        (state_look(State.WARNING, glyphs), "warning: near a limit"),
        (state_look(State.WARNING, glyphs, flapping=True), "flapping: changes too often to be believed"),
        (state_look(State.OK, glyphs, stale=True), "stale: no news for longer than agreed"),
        (state_look(State.PENDING, glyphs), "pending: not looked at yet"),
        (state_look(State.STOPPED, glyphs), "stopped: on purpose"),
        (
            StateLook(glyphs.planned, "CRIT", Tone.STOPPED),
            "in maintenance, whatever its state: it raises nothing until the end under WORK",
        ),
        (state_look(State.OK, glyphs), "ok"),
        (StateLook(glyphs.revised, "", Tone.ACCENT), "judged by a threshold that was revised, until its end"),
        (StateLook(glyphs.looked_at, "name", Tone.ACCENT), "somebody else has it open"),
        (StateLook(glyphs.written_in, "name", Tone.ACCENT), "somebody else writes in it"),
    )
