"""The frame's four bars: what they say, and when they say it anew."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from console.opening import Opening
from core.printable import printable
from core.timekeeping import utc_now
from screens.shell.bars import (
    MESSAGE_LINES,
    Freshness,
    HeaderState,
    Said,
    Tab,
    ThenSign,
    agent_names,
    footer_line,
    header_line,
    message_lines,
    tabs_line,
)
from screens.staleness import FRESH, Stale
from screens.tones import Tone
from screens.widgets.cells import folded
from screens.widgets.lines import Lines, TextLine

if TYPE_CHECKING:
    from datetime import datetime

    from textual.screen import Screen

    from console.setup import Setup
    from core.journal.model import Entry
    from core.store.lease import LeaseSight
    from screens.registry import Action, Registry
    from screens.view import View
    from screens.widgets.glyphs import Glyphs

SAID_S = 20.0
JUST_NOW_S = 8.0
LATE_P99_MS = 1000.0
HEADER_OVER = "#header-over"


class Frame(Opening):
    """The part of the console that is the same around every view."""

    setup: Setup
    registry: Registry
    views: dict[str, View]
    current: str
    _said: Said = Said()
    _said_at: datetime | None = None
    _undoable: Entry | None = None
    _agent_trouble = ""
    _pinned_shown: tuple[str, ...] = ()
    _fresh: Freshness = Freshness(is_live=True, beat_age_s=None)
    stale: Stale = FRESH
    _titled: str = ""
    _message_rows = 1
    _bars: dict[str, Lines]

    @abstractmethod
    def why_not(self, action_id: str) -> str | None:
        """Returns why an action is not possible now; the application says how."""

    # What is said

    def say(self, text: str, *, bad: bool = False) -> None:
        """Says something; it fades after a while, what is bad only with a key or where something else is to be said."""
        self._said = Said(text, is_bad=bad)
        self._said_at = utc_now()
        self.show_bars("message")

    def say_here(self, text: str) -> None:
        """Says why nothing was done on the screen in front; that leaves with it."""
        self.say(text, bad=True)
        self._said = replace(self._said, of_view=self.current)

    def leave_words_of(self, view: str) -> None:
        """Lets go of what was said of another screen than `view`, which is shown next."""
        if self._said.of_view not in ("", view):
            self.forget_words()
            self.show_bars("message")

    def say_while_away(self, text: str, *, once_back: str) -> None:
        """Says something that is true only while the database is away; once it is back, that in its place."""
        self.say(text, bad=True)
        self._said = replace(self._said, once_back=once_back)

    def database_is_back(self) -> None:
        """Lets what is no longer true give way."""
        if self._said.once_back is not None:
            self.say(self._said.once_back)

    def say_besides(self, text: str, *, bad: bool = False) -> None:
        """Says something that nobody asked for: what was said a moment ago, an answer mostly, stays before it."""
        just_now = self._said_at is not None and (utc_now() - self._said_at).total_seconds() < JUST_NOW_S
        said = self._said if just_now else Said()
        self.say(f"{said.text}; {text}" if said.text else text, bad=bad or said.is_bad)

    def pin_agent(self, text: str) -> None:
        """Says what is wrong with the agent for as long as nothing else is said; nothing once it is mended."""
        if text != self._agent_trouble:
            self._agent_trouble = text
            self.show_bars("message")

    def footer_changed(self) -> None:
        """Has footer and crumbs shown anew."""
        self.show_bars("footer", "header", "tabs")

    def frame_ticked(self) -> None:
        """Called once a second."""
        self.take_beat()
        self.judge_freshness()
        self.show_bars("header")
        if not self._said.is_bad or self._pinned():
            self.let_words_go()
        undoable = self._undoable
        if undoable is not None or self._pinned() != self._pinned_shown:
            self.show_bars("message")
        if undoable is not self._undoable:  # its time is over
            self.show_bars("footer")
        self._set_title()

    def let_words_go(self) -> None:
        """Lets go of what was said a while ago; at a key of the bad, too, for whoever presses it was there to read it."""
        if self._said_at is not None and (utc_now() - self._said_at).total_seconds() > SAID_S:
            self._said, self._said_at = Said(), None
            self.show_bars("message")

    def forget_words(self) -> None:
        """Lets go of what was said so far: it was said of another moment than the one that is shown next."""
        self._said, self._said_at = Said(), None

    def set_undoable(self, entry: Entry | None) -> None:
        """Sets which change u would take back."""
        self._undoable = entry
        self.show_bars("message", "footer")

    def show_bars(self, *names: str) -> None:
        """Shows these bars anew; a box in front carries the header too."""
        if not self.screen_stack:
            return
        for name in names:
            if name not in self._bars:
                self._bars[name] = self.screen_stack[0].query_one(f"#{name}", Lines)
            if name == "message":
                self._make_room(self._bars[name])
            self._bars[name].show()
        if "header" in names and len(self.screen_stack) > 1:
            for header in self.screen.query(HEADER_OVER).results(Lines):
                header.show()

    def on_mount(self) -> None:
        """Listens for boxes that come and go."""
        self.screen_change_signal.subscribe(self, self._screen_changed)

    def _screen_changed(self, screen: Screen[Any]) -> None:
        """Puts the header over a box: the time, and STALE first, are never covered. Behind it nothing grows old."""
        if screen is not self.screen_stack[0]:
            screen.call_later(self._put_header_over, screen)
        elif self.current in self.views:
            self.refresh_bars()
            self.views[self.current].come_back(utc_now())

    async def _put_header_over(self, screen: Screen[Any]) -> None:
        if screen.is_attached and not screen.query(HEADER_OVER):
            await screen.mount(Lines(self.header_lines, id=HEADER_OVER[1:]))

    def _make_room(self, bar: Lines) -> None:
        """Gives the message the lines it needs: what was refused, and what to do, is read whole or not at all."""
        self.screen_stack[0].set_class(bool(self._beside_then()), "-beside-then")
        rows = len(self.message_lines(self.size.width, MESSAGE_LINES, self.setup.glyphs))
        if rows != self._message_rows:
            self._message_rows = rows
            bar.styles.height = rows

    def _set_title(self) -> None:
        """Names the worst in the terminal's title, where that is a terminal with titles; that it is stale before it."""
        if not self.is_open:
            return
        from screens.picture_words import short_counts

        stale = "STALE" if self.is_stale else ""
        if self._then_sign() is not None:
            stale = f"THEN {stale}".strip()
        if self.setup.is_demo:
            stale = f"DEMO {stale}".strip()
        title = " ".join(
            filter(None, (stale, short_counts(self.picture, self.stale, self.setup.glyphs), self.setup.place))
        )
        if title and title != self._titled:
            self._titled = title
            self.terminal.set_title(title)

    # The lines

    def judge_freshness(self) -> None:
        """Judges how far what is shown may be taken for now; header and rows go by one judgement and turn together."""
        was_stale, self._fresh = self.stale, self._judged()
        self.stale = self._stale_now()
        if self.stale != was_stale and self.screen_stack:
            self.refresh_bars()
            self._set_title()
            if self.current in self.views:
                self.views[self.current].come_back(utc_now())

    def _judged(self) -> Freshness:
        if not self.is_open and not self.trouble:
            return Freshness(is_live=True, beat_age_s=None)
        zone, seen = self._agent_to_tell_of()
        if seen is None or seen.held is None:
            return Freshness(False, None, trouble=self._away(), zone=zone, picture_age_s=self.picture_age_s)
        late = float(seen.held.info.get("late_p99_ms", 0.0)) > LATE_P99_MS
        return Freshness(
            seen.stands,
            seen.silent_s,
            late,
            self._away(),
            agent_names(seen.held.info),
            zone,
            self.picture_age_s,
        )

    def _agent_to_tell_of(self) -> tuple[str, LeaseSight | None]:
        """Returns the zone whose agent the header tells of, and that: the worst; of those that are well the home zone's."""
        if self.agents_seen is None:
            return "", None
        silent = self.agents_seen.silent(self._watched_zones())
        if silent:
            zone = min(silent)
        elif self.agents_seen.home.stands or not self.picture.zones:
            zone = ""
        else:
            zone = min(self.picture.zones)
        return zone, self.agents_seen.of(zone)

    def _watched_zones(self) -> frozenset[str]:
        """Returns the zones whose components are shown; where there are none, the home zone, which brings the catalog."""
        return self.picture.zones or frozenset({""})

    def _stale_now(self) -> Stale:
        if not self.is_open and not self.trouble:
            return FRESH
        if self.trouble or self.agents_seen is None:
            return Stale(everything=True)
        zones = self._watched_zones()
        silent = self.agents_seen.silent(zones)
        return Stale(everything=True) if silent == zones else Stale(zones=silent)

    def _away(self) -> str:
        """Returns why the database cannot be read, in as few words as the header has room for."""
        if self.outdated:
            return "older than the database"
        if self.shut_out:
            return "no role here"
        return "database away" if self.trouble else ""

    @property
    def is_stale(self) -> bool:
        """Tells whether anything that is shown may not be taken for now."""
        return bool(self.stale)

    @property
    def operates(self) -> bool:
        """Tells whether this console is in OPERATE."""
        return self._operating_left_s() is not None

    def _operating_left_s(self) -> float | None:
        opened = self.picture.vital.operating if self.is_open else None
        if opened is None or opened.actor != self.setup.author.actor:
            return None
        return opened.left_s(utc_now()) or None

    @property
    def here(self) -> int:
        """Returns how many consoles are here, this one among them; 0 while it is alone."""
        return len(self.others) + (not self.setup.is_wall) if self.others else 0

    def header_lines(self, width: int, _height: int, glyphs: Glyphs) -> list[TextLine]:
        """Returns the header."""
        view = self.views.get(self.current)
        state = HeaderState(
            self.setup.place, view.crumbs() if view else ("opening",), self._operating_left_s(),
            self.setup.author.actor, self._fresh, utc_now(), self.held_while_paused, self._then_sign(), self.here,
            self.setup.is_demo, self._majors(),
        )  # fmt: skip
        return [header_line(state, width, glyphs)]

    def _majors(self) -> list[str]:
        """Returns the incidents that are major ones, at the moment that is shown."""
        if not self.is_open:
            return []
        then = self.then if self._then_sign() is not None else None
        return [each.label for each in (then.picture if then is not None else self.picture).majors()]

    def _then_sign(self) -> ThenSign | None:
        view = self.views.get(self.current)
        if self.then is None or view is None or not view.has_then:
            return None
        ago = (utc_now() - self.then.instant).total_seconds()
        progress = self.then.progress
        return ThenSign(self.then.instant, ago, self.then_news, progress.story.label if progress else "")

    def tab_lines(self, width: int, _height: int, glyphs: Glyphs) -> list[TextLine]:
        """Returns the tabs with what waits in each."""
        counts = self.tab_counts()
        if self.then is not None:
            counts |= {name: "THEN" for name, view in self.views.items() if view.has_then}
        tabs = [
            Tab(action.keys[0], action.label, counts.get(action.argument, ""))
            for action in self.registry.actions
            if action.handler == "go_to" and action.keys
        ]
        root = self.views[self.current].tab_of if self.current in self.views else ""
        ways = [each for each in self.registry.actions if each.handler == "go_to" and each.argument == root]
        digit = next((each.keys[0] for each in ways if each.keys), "")
        return [tabs_line(tabs, digit, width, glyphs)]

    def tab_counts(self) -> dict[str, str]:
        """Returns what waits, by view."""
        if not self.is_open:
            return {}
        from screens.picture_words import tab_counts

        return tab_counts(self.picture, self.stale)

    def message_lines(self, width: int, _height: int, glyphs: Glyphs) -> list[TextLine]:
        """Returns the message line."""
        pinned = self._pinned_shown = self._pinned()
        left, of = self._undo_left() if self._then_sign() is None else (None, "")
        said = Said(self._said.text, self._said.is_bad, pinned=pinned, apart=self._beside_then())
        return [*message_lines(said, left, of, width, glyphs)]

    def _beside_then(self) -> str:
        """Returns what is said, whatever else is, of a screen that shows now while the others show then."""
        if self.then is None or self._then_sign() is not None:
            return ""
        return f"this screen shows now; the others show {self.then.instant:%d %b %H:%M:%S}Z; @ returns to now"

    def _pinned(self) -> tuple[str, ...]:
        """Returns what stays on the screen until it is mended."""
        catalog = self.picture.vital.catalog if self.is_open else None
        watch = self.picture.vital.watch if self.is_open else None
        own = (watch.unsealed, watch.broken) if watch is not None else ()
        pinned = tuple(filter(None, (self.outdated, self.shut_out, self._agent_trouble, *own)))
        if catalog is not None and catalog.problems:
            more = f" (+{len(catalog.problems) - 1} more)" if len(catalog.problems) > 1 else ""
            first = catalog.problems[0].replace(f"{catalog.directory}/", "")
            kept = "the last good one is in force" if catalog.digest else "and none is in force yet"
            pinned += (f"catalog refused, {kept}: {first}{more}",)
        unsent = (
            self.picture.vital.outbox.trouble(utc_now()) if self.is_open and not self.setup.is_demo else ""
        )
        return tuple(filter(None, (*pinned, unsent, *self._behind())))

    def _behind(self) -> list[str]:
        """Returns what an agent that is in force is behind with: its probes, and its other duties."""
        if not self.is_open or self.setup.is_demo or self.is_stale:
            return []
        behind = self.picture.vital.watch.late(utc_now())
        _, seen = self._agent_to_tell_of()
        if self._fresh.is_late and seen is not None and seen.held is not None:
            from core.monitoring.figures import late_words

            behind.append(late_words(seen.held.info))
        return behind

    def _undo_left(self) -> tuple[float | None, str]:
        from core.gate.model import UNDO_S

        entry = self._undoable
        if entry is None:
            return None, ""
        left = UNDO_S - (utc_now() - entry.at).total_seconds()
        if left <= 0:
            self._undoable = None
            return None, ""
        from core.journal.wording import label

        return left, label(*entry.subject)

    def footer_lines(self, width: int, _height: int, glyphs: Glyphs) -> list[TextLine]:
        """Returns the footer: what can be done now, and dimmed what cannot."""
        view = self.views.get(self.current)
        if view is None:
            return [[(" ctrl+q quit", Tone.MUTED)]]
        return [footer_line(self.footer_actions(view), width, glyphs)]

    def footer_actions(self, view: View) -> list[tuple[Action, str | None]]:
        """Returns what the footer shows while a view is in front, with why it is not possible now."""
        actions = [
            (action, self.why_not(action.id))
            for action in self.registry.footer(view.actions_of)
            if self.then is not None
            or not (action.handler == "then_step" or (action.id == "then" and not view.has_then))
        ]
        if self.then is not None:  # the way out stands first
            way_out = (replace(self.registry["then"], label="now"), None)
            actions = [way_out, *(pair for pair in actions if pair[0].id != "then")]
        return actions

    def opening_lines(self, width: int, _height: int, _glyphs: Glyphs) -> list[Any]:
        """Returns what stands in the body until the first view is there."""
        if self.trouble:
            return [
                (),
                *([(f" {line}", Tone.CRITICAL)] for line in folded(printable(self.trouble), width - 2)),
                (),
                [(" ctrl+q ends; trying again …", Tone.MUTED)],
            ]
        return [(), [(f" Opening {self.setup.database.title} …", Tone.MUTED)]]
