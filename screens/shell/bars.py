"""What the frame says: each bar is a pure function of what is known."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import product
from typing import TYPE_CHECKING, Any

from core.printable import printable
from core.timekeeping import age
from screens.registry import shown_key
from screens.tones import Tone
from screens.widgets.cells import Span, folded, width_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from screens.registry import Action
    from screens.widgets.glyphs import Glyphs

MESSAGE_LINES = 3
HOST_SHOWN = 24


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old what is shown is: whether an agent is in force, which one, and the age of its last beat in seconds.

    `names` of the agent are given the longest first; the longest that leaves room for where one is, is shown.
    `zone` is the one it watches, empty for the home zone. `picture_age_s` is how long ago what is shown was last known
    to be true, where the database cannot be read; None where nothing is shown yet.
    """

    is_live: bool
    beat_age_s: float | None
    is_late: bool = False
    trouble: str = ""  # why the database cannot be read, in two or three words
    names: tuple[str, ...] = ()
    zone: str = ""
    picture_age_s: float | None = None

    def words(self, name: str = "", *, short: bool = False) -> str:
        """Returns it in a few words, with this name of the agent; what is not live says so first, and how old it is.

        In short it says no more than that.
        """
        which = f" ({name})" if name else ""
        agent = f"{printable(self.zone, HOST_SHOWN)} agent" if self.zone else "agent"
        if self.trouble:
            old = f" {age(self.picture_age_s)}" if self.picture_age_s is not None else ""
            return f"STALE{old}" if short and old else f"STALE {self.trouble}{old}"
        if self.beat_age_s is None:
            return "opening" if self.is_live else f"STALE no {agent}"
        if not self.is_live:
            return f"STALE {agent} silent {age(self.beat_age_s)}{which}"
        return f"{agent} {age(self.beat_age_s)}{which}" + (" measuring late" if self.is_late else "")


def agent_names(info: Mapping[str, Any]) -> tuple[str, ...]:
    """Returns what an agent that says this of itself is called, the longest first: its host with its process, its host."""
    host = printable(str(info.get("host", "")), HOST_SHOWN)
    if not host:
        return ()
    return (f"{host}:{info['pid']}", host) if "pid" in info else (host,)


@dataclass(frozen=True, slots=True)
class Tab:
    """A view that can be gone to by a digit; `count` is what waits there."""

    digit: str
    title: str
    count: str = ""


@dataclass(frozen=True, slots=True)
class ThenSign:
    """What is shown is the past: of which instant, how many seconds ago, and how many entries came since one looks at it."""

    instant: datetime
    ago_s: float
    news: int
    story: str = ""  # the incident that is replayed
    is_short: bool = False  # of which instant, and no more
    is_alone: bool = False  # nothing of now beside it but how old that is

    def words(self, glyphs: Glyphs) -> str:
        """Returns the sign that stands before everything else."""
        which = f"replay {self.story}" if self.story else f"{age(self.ago_s)} ago"
        more = "" if self.is_short else f"{glyphs.separator} {which} "
        return f" {glyphs.then * 2} THEN {self.instant:%d %b %H:%M:%S}Z {more}"


@dataclass(frozen=True, slots=True)
class HeaderState:
    """What the first line tells."""

    place: str
    crumbs: Sequence[str]
    operating_left_s: float | None
    person: str
    fresh: Freshness
    now: datetime
    paused: int | None = None  # changes held while paused; None: not paused
    then: ThenSign | None = None
    here: int = 0  # consoles, this one among them; 0: it is alone
    is_demo: bool = False  # nothing of what is shown ever happened
    majors: Sequence[str] = ()  # the incidents that are major ones


@dataclass(frozen=True, slots=True)
class Said:
    """The last thing worth saying; `is_bad` for what was refused or failed."""

    text: str = ""
    is_bad: bool = False
    pinned: tuple[str, ...] = field(
        default=()
    )  # stays until mended, the worst first: no agent, a refused catalog
    apart: str = ""  # stands above all that is said as long as it is true
    once_back: str | None = (
        None  # what is said in its place once the database is back; None: it does not depend on it
    )
    of_view: str = ""  # the screen that it is said of, and with which it leaves; empty: of none


def header_line(state: HeaderState, width: int, glyphs: Glyphs) -> list[Span]:
    """Returns the first line: where, which agent and how fresh, in which mode, who, what time."""
    for name in (*state.fresh.names, ""):
        left, right = _header_parts(state, state.fresh.words(name), glyphs)
        if _fits(left, right, width):
            return _spread(left, right, width, glyphs)
    for short, shorter in _shorter(state, glyphs):
        left, right = _header_parts(shorter, state.fresh.words(short=short), glyphs)
        if _fits(left, right, width):
            break
    return _spread(left, right, width, glyphs, gap=1)


def _shorter(state: HeaderState, glyphs: Glyphs) -> Iterator[tuple[bool, HeaderState]]:
    """Yields it with less and less, and whether its age is said in short.

    The way here gives way from its beginning: what is shown is named by its end. Over the past that goes before the sign
    does, which says of when it is; who one is, all of the sign but its instant, and what is now go next.
    """
    for short, left_out in product((False, True), range(1, len(state.crumbs) + 1)):
        yield short, replace(state, place=glyphs.ellipsis, crumbs=state.crumbs[left_out - 1 :])
    if state.then is not None:
        bare = replace(state, place="", crumbs=())
        yield True, bare
        yield True, replace(bare, person="")
        yield True, replace(bare, person="", then=replace(state.then, is_short=True))
        yield True, replace(bare, person="", then=replace(state.then, is_short=True, is_alone=True))


def _fits(left: Sequence[Span], right: Sequence[Span], width: int) -> bool:
    return sum(width_of(text) for text, _ in [*left, *right]) < width


def _header_parts(state: HeaderState, words: str, glyphs: Glyphs) -> tuple[list[Span], list[Span]]:
    left, right = _parts(state, words, glyphs)
    if state.majors:
        which = state.majors[0] if len(state.majors) == 1 else str(len(state.majors))
        left = [(f" {glyphs.major} MAJOR {which} ", Tone.CRITICAL), *left]
    return [(" DEMO ", Tone.THEN), *left] if state.is_demo else left, right


def _parts(state: HeaderState, words: str, glyphs: Glyphs) -> tuple[list[Span], list[Span]]:
    arrow = " > " if glyphs.name == "ascii" else " ▸ "
    left: list[Span] = []
    if state.place:
        left.append((f" {arrow.join([state.place, *state.crumbs])}", Tone.STRONG))
    if state.paused is not None:
        left.append((f"  PAUSED {state.paused} held", Tone.HELD))
    mode: Span = ("WATCH", Tone.MUTED)
    if state.operating_left_s is not None:
        minutes, seconds = divmod(int(state.operating_left_s), 60)
        mode = (f"OPERATE {minutes}:{seconds:02}", Tone.WARNING)
    fresh = state.fresh
    if state.then is not None:
        return _then_parts(state, state.then, left, mode, words, glyphs)
    clock: Span = (f"{state.now:%H:%M:%S}Z", Tone.MUTED)
    if not fresh.is_live or fresh.trouble:
        # Nothing on this screen may be taken for now: that stands before anything else.
        left = [(f" {words} ", Tone.CRITICAL), *left]
        return left, _joined([mode, *_who(state), clock], "  ")
    said: Span = (words, Tone.WARNING if fresh.is_late else Tone.OK)
    return left, _joined([mode, *_who(state), said, clock], "  ")


def _who(state: HeaderState) -> list[Span]:
    who: list[Span] = [(state.person, Tone.TEXT)]
    return [*who, (f"{state.here} here", Tone.ACCENT)] if state.here else who


def _then_parts(
    state: HeaderState, then: ThenSign, left: list[Span], mode: Span, words: str, glyphs: Glyphs
) -> tuple[list[Span], list[Span]]:
    """Returns the header over what is past: no badge says live, and the clock says that it is now's."""
    fresh, now = state.fresh, f"now {state.now:%H:%M:%S}Z"
    right: list[Span] = [(state.person, Tone.TEXT)] if state.person else []
    if not fresh.is_live or fresh.trouble:
        right.append((words, Tone.CRITICAL))
    if then.is_alone:
        return [(then.words(glyphs), Tone.THEN), *left], _joined(right, "  ")
    if state.operating_left_s is not None:
        right = [mode, *right]
    if then.news:
        right.append((f"+{then.news} since", Tone.HELD))
    return [(then.words(glyphs), Tone.THEN), *left], _joined([*right, (now, Tone.MUTED)], "  ")


SHORT_TITLES = {"Incidents": "Inc", "Procedures": "Proc", "Actions": "Acts"}
"""What stands in the tabs where there is no room for whole words: never a word cut off."""


def tabs_line(tabs: Sequence[Tab], current: str, width: int, glyphs: Glyphs) -> list[Span]:
    """Returns the second line: the views, their digits, and what waits in each."""
    for full in (True, False):  # where there is no room for names, their short forms
        spans: list[Span] = []
        for tab in tabs:
            count = f"{glyphs.separator}{tab.count}" if tab.count else ""
            words = f"{tab.digit} {tab.title if full else SHORT_TITLES.get(tab.title, tab.title)}{count}"
            here = tab.digit == current
            spans.append((f"[{words}]" if here else f" {words} ", Tone.STRONG if here else Tone.MUTED))
        if sum(width_of(text) for text, _ in spans) <= width:
            break
    return spans


def message_lines(
    said: Said, undo_left_s: float | None, undo_of: str, width: int, glyphs: Glyphs
) -> list[list[Span]]:
    """Returns what stands above the footer: the last thing said, or what is pinned until it is mended.

    What is too long for a line goes on in the next, at most MESSAGE_LINES: what to do stands at the end.
    """
    right: list[Span] = []
    if undo_left_s is not None and not said.is_bad:
        right = [(f"u undoes {undo_of}, {int(undo_left_s)} s left ", Tone.ACCENT)]
    text, tone = said.text, Tone.CRITICAL if said.is_bad else Tone.TEXT
    if not text and said.pinned:
        text, tone = said.pinned[0], Tone.WARNING
    room = width - 1 - sum(width_of(words) + 1 for words, _ in right)
    first, *more = folded(printable(text), room)
    apart = [[(f" {line}", Tone.THEN)] for line in folded(said.apart, width - 1)] if said.apart else []
    lines = [_spread([(f" {first}", tone)] if first else [], right, width, glyphs)]
    if more and len(more) >= MESSAGE_LINES:
        more[MESSAGE_LINES - 2 :] = [" ".join(more[MESSAGE_LINES - 2 :])]
    lines += ([(f" {line}", tone)] for line in more)
    return [*apart, *(lines if text or right or not apart else ())]


def footer_line(actions: Sequence[tuple[Action, str | None]], width: int, glyphs: Glyphs) -> list[Span]:
    """Returns the last line: keys that work now, and dimmed those that do not. `str` is the reason why not.

    Where there is no room for all, what cannot be done now gives way first.
    """
    spans: list[Span] = [(" ", Tone.TEXT)]
    shown = {action.id for action, _ in actions if action.id in ALWAYS}
    used = 1 + sum(_width(action, glyphs) for action, _ in actions if action.id in ALWAYS)
    for action, _ in sorted(actions, key=lambda pair: pair[1] is not None):
        needed = _width(action, glyphs)
        if action.id not in ALWAYS and used + needed <= width:
            used += needed
            shown.add(action.id)
    for action, why_not in actions:
        if action.id not in shown:
            continue
        words = _words(action, glyphs)
        key, _, rest = words.partition(" ")
        if why_not is None:
            spans += [(key, Tone.ACCENT), (f" {rest}  ", Tone.TEXT)]
        else:
            spans.append((f"{words}  ", Tone.GONE))
    return spans


ALWAYS = frozenset({"go", "help"})
"""What the footer always has room for: the two doors to everything else."""


def _words(action: Action, glyphs: Glyphs) -> str:
    label = action.label + (glyphs.ellipsis if action.opens_box else "")
    return f"{shown_key(action.keys[0]) if action.keys else ':'} {label}"


def _width(action: Action, glyphs: Glyphs) -> int:
    return width_of(_words(action, glyphs)) + 2


def _joined(spans: Sequence[Span], gap: str) -> list[Span]:
    joined: list[Span] = []
    for span in spans:
        joined += [span, (gap, Tone.TEXT)]
    return [*joined[:-1], (" ", Tone.TEXT)] if joined else []


def _spread(
    left: Sequence[Span], right: Sequence[Span], width: int, glyphs: Glyphs, *, gap: int = 0
) -> list[Span]:
    """Returns one text at the start and one at the end, `gap` apart at least; the left one gives way."""
    from screens.widgets.cells import fit_spans

    taken = sum(width_of(text) for text, _ in right)
    if gap:
        right, taken = [(" " * gap, Tone.TEXT), *right], taken + gap
    return [*fit_spans(left, max(0, width - taken), right=False, ellipsis=glyphs.ellipsis), *right]
