"""Replaying an incident: the moments after each entry of its story, one after the other, as fast as is wished.

It is a moment of the past like any other, shown by the same screens and with the same sign before everything else; what is
added is the step to the next. One timer runs until that is due and no other: none while it is held, is behind a box, or is over.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from console.past import MOST_OFFERED, Past
from core.errors import WatchfloorError
from screens.registry import DURING_REPLAY, REPLAY
from screens.shell.bars import ALWAYS
from screens.widgets.typed_line import TypedLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.screen import Screen
    from textual.timer import Timer

    from core.desk.replay import Story
    from screens.boxes.pick import Choice
    from screens.moment import Moment
    from screens.registry import Action
    from screens.replay import Progress
    from screens.view import View

WORD = "replay"
HOW = "replay which incident? :replay I-7, or r on its line"


class Place(NamedTuple):
    """Where one was: the view with what it showed, the way there, and the moment that was looked at, None for now."""

    view: str
    argument: str
    back: list[tuple[str, str]]
    forward: list[tuple[str, str]]
    then: Moment | None


class Replaying(Past):
    """The part of the console that plays a story."""

    _progress: Progress | None = (
        None  # where the story is to stand; what is shown may still be the step before
    )
    _came_from: Place | None = None
    _next_step: Timer | None = None

    @property
    def is_replaying(self) -> bool:
        """Tells whether a story is shown by the view in front: its keys come before the view's own."""
        view = self.views.get(self.current)
        return self._progress is not None and view is not None and view.has_then

    async def obey(self, text: str) -> None:
        """Replays the incident that `replay I-7` names; everything else is for the others."""
        word, _, named = text.strip().partition(" ")
        if word == WORD:
            await self.replay(named.strip())
        else:
            await super().obey(text)

    async def replay(self, label: str) -> None:
        """Shows the past from the first entry of an incident on, and plays it."""
        from core.desk.replay import story_of
        from core.journal.wording import subject_called

        subject = subject_called(label)
        if subject is None or subject.kind != "incident":
            self.say(HOW, bad=True)
            return
        try:
            story = await self.ask(story_of, int(subject.id))
        except WatchfloorError as error:
            self.say(str(error), bad=True)
            return
        await self._begin_replay(story)

    async def _begin_replay(self, story: Story) -> None:
        from screens.moment import moment_of
        from screens.replay import Progress

        progress, before = Progress(story), self.then
        try:
            moment = await self.ask(moment_of, progress, None, self.picture)
        except WatchfloorError as error:
            self.say(str(error), bad=True)
            return
        self._stop_timer()
        if self._came_from is None:
            here = self.views[self.current]
            way = list(self._back), list(self._forward)
            self._came_from = Place(self.current, here.argument(), *way, before)
            self.then_news = self.then_news if before else 0
        if self.current != "board":
            self.go_to("incident", story.label)
        self._progress = progress
        await self._bring_then(moment, self.then)
        self._wait_for_next()

    # Step by step

    def _wait_for_next(self) -> None:
        """Has the next entry told when it is due; nothing where it is held, behind a box, not in front, or over."""
        self._stop_timer()
        progress = self._progress
        if progress is None or not progress.is_playing or len(self.screen_stack) > 1 or not self.is_replaying:
            return
        if progress.is_over:
            self._set_progress(replace(progress, is_playing=False))
            from screens.replay import over_words

            self.say(over_words(progress.story))
            return
        self._next_step = self.set_timer(progress.wait_s, self._play_on)

    def _stop_timer(self) -> None:
        if self._next_step is not None:
            self._next_step.stop()
            self._next_step = None

    def _play_on(self) -> None:
        if self._progress is not None:
            self._go_to_place(self._progress.place + 1)

    def _go_to_place(self, place: int) -> None:
        """Shows another entry, beside the keys; a key that comes meanwhile goes on from there, and only the last is shown."""
        progress = self._progress
        if progress is not None:
            self._stop_timer()
            self._progress = replace(progress, place=progress.within(place))
            work: Any = self._show_place
            self.run_worker(work, group=WORD, exclusive=True)

    async def _show_place(self) -> None:
        from screens.moment import moment_of

        progress, before = self._progress, self.then
        if progress is None:
            return
        try:
            moment = await self.ask(moment_of, progress, before, self.picture)
        except WatchfloorError as error:
            self._set_progress(replace(progress, is_playing=False))
            self.say(str(error), bad=True)
            return
        shown = self._progress
        if shown is None or shown.place != progress.place or shown.story is not progress.story:
            return  # it was ended, or another key was quicker
        await self._bring_then(replace(moment, progress=shown), before)
        self._wait_for_next()

    def _set_progress(self, progress: Progress) -> None:
        """Has the line say another speed, or that it is held."""
        self._progress = progress
        if self.then is not None and self.then.progress is not None:
            shown = replace(progress, place=self.then.progress.place)
            self._show_then(replace(self.then, progress=shown))

    # Its keys

    def key_of_replay(self, key: str) -> Action | None:
        """Returns what a key does while a story is shown, before the view is asked; None where it is another's."""
        if not self.is_replaying or len(self.screen_stack) > 1 or isinstance(self.focused, TypedLine):
            return None
        return self.registry.own_of(key, REPLAY)

    def do_replay_pause(self) -> None:
        """Holds it, or goes on; at its end, plays it again."""
        progress = self._progress
        if progress is None:
            return
        if progress.is_over and not progress.is_playing:
            self._set_progress(replace(progress, is_playing=True))
            self._go_to_place(0)
            return
        self._set_progress(replace(progress, is_playing=not progress.is_playing))
        self._wait_for_next()

    def do_replay_step(self, way: str) -> None:
        """Goes one entry back or on, or to the first or last, and holds there."""
        progress = self._progress
        if progress is None:
            return
        last = len(progress.story.steps) - 1
        wanted = {"back": progress.place - 1, "on": progress.place + 1, "first": 0, "last": last}[way]
        if progress.within(wanted) == progress.place and not progress.is_playing:
            self.say(f"that is the {'first' if wanted <= 0 else 'last'} entry of {progress.story.label}")
            return
        self._progress = replace(progress, is_playing=False)
        self._go_to_place(wanted)

    def do_replay_speed(self, way: str) -> None:
        """Plays slower or faster; what waits begins to wait anew."""
        progress = self._progress
        if progress is not None:
            speed = progress.faster(1 if way == "faster" else -1)
            self._set_progress(replace(progress, speed=speed))
            self._wait_for_next()

    def do_replay_end(self) -> None:
        """Ends it where one was."""
        self._stop_timer()
        self._progress, place, self._came_from = None, self._came_from, None
        if place is None:
            return
        self._back, self._forward = list(place.back), list(place.forward)
        then = place.then
        if then is None:
            super().leave_then()
        else:
            self._show_then(then)
        self._show_view(place.view, place.argument)

    # What ends it, and what holds it

    def leave_then(self) -> None:
        """Shows now again; while a story is played, where one was."""
        if self._progress is None:
            super().leave_then()
            return
        self.do_replay_end()
        if self.then is not None:
            super().leave_then()

    async def go_then(self, text: str) -> None:
        """Shows the moment a person names; a story that is played ends there."""
        await super().go_then(text)
        if self.then is not None and self.then.progress is None:
            self._stop_timer()
            self._progress = self._came_from = None
            self.refresh_bars()

    def why_not_at_then(self, action_id: str) -> str | None:
        """Returns why an action is not possible in the past; a story's keys belong to a story."""
        if self.registry[action_id].where == DURING_REPLAY and self._progress is None:
            return "nothing is replayed"
        return super().why_not_at_then(action_id)

    def footer_actions(self, view: View) -> list[tuple[Action, str | None]]:
        """Returns what the footer shows; while a story is shown, its own keys."""
        if not self.is_replaying:
            return super().footer_actions(view)
        return [(a, None) for a in self.registry.footer(REPLAY) if a.where == DURING_REPLAY or a.id in ALWAYS]

    def help_actions(self, view: View) -> list[tuple[Action, str | None]]:
        """Returns what can be done; while a story is shown, with its own keys first."""
        own = (
            [(a, None) for a in self.registry.actions if a.where == DURING_REPLAY]
            if self.is_replaying
            else []
        )
        return [*own, *super().help_actions(view)]

    def _destinations(self, typed: str) -> Sequence[Choice]:
        word, blank, named = typed.strip().partition(" ")
        if word != WORD or not blank:
            return super()._destinations(typed)
        from screens.boxes.pick import Choice

        newest = sorted(self.picture.incidents.values(), key=lambda i: -i.id)
        return [
            Choice(f"{WORD} {i.label}", f"{WORD} {i.label}", f"{i.standing}: {i.title}")
            for i in newest
            if i.label.lower().startswith(named.strip().lower())
        ][:MOST_OFFERED]

    def _screen_changed(self, screen: Screen[Any]) -> None:
        """Goes on once a box is gone."""
        super()._screen_changed(screen)
        if screen is self.screen_stack[0] and self._progress is not None and self._next_step is None:
            self._wait_for_next()

    def _give_keys(self, wanted: View, argument: str) -> None:
        """Gives a view the keys; one that shows the past goes on with the story, before another it waits."""
        super()._give_keys(wanted, argument)
        if self._progress is not None:
            self._wait_for_next()
