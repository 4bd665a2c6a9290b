"""Looking at then: the screens as they were, while the console goes on counting what is new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.going import Going
from core.errors import WatchfloorError
from core.timekeeping import age, parse_instant, utc_now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screens.boxes.pick import Choice
    from screens.moment import Moment
    from screens.view import View

SIGN = "@"
MOST_OFFERED = 8
OFFERED = ("-10m", "-1h", "-8h", "-1d")


class Past(Going):
    """The part of the console that shows a moment of the past."""

    async def obey(self, text: str) -> None:
        """Shows the moment that `@ WHEN` names; everything else is a go-line's."""
        word = text.strip()
        if not word.startswith(SIGN):
            await super().obey(text)
        elif word == SIGN:
            await self.do_then()
        else:
            await self.go_then(word.removeprefix(SIGN))

    def _destinations(self, typed: str) -> Sequence[Choice]:
        if typed.strip().startswith(SIGN):
            return self._moments(typed.strip().removeprefix(SIGN), sign=f"{SIGN} ")
        return super()._destinations(typed)

    async def do_then(self) -> None:
        """Asks for an instant and shows it; at then, returns to now."""
        if self.then is not None:
            self.leave_then()
            return
        from screens.boxes.pick import PickBox

        title = "then, in UTC: 03:12, 2026-11-27 03:12, -2h, or an incident: I-3"
        chosen = await self.box(PickBox(title, self._moments, anything=True))
        if chosen is not None:
            await self.go_then(chosen)

    def _moments(self, typed: str, *, sign: str = "") -> list[Choice]:
        """Returns the moments that may be meant; what cannot be read says so before it is chosen."""
        from screens.boxes.pick import Choice

        word, now = typed.strip(), utc_now()
        newest = sorted(self.picture.incidents.values(), key=lambda i: -i.id)
        found = [
            Choice(f"{sign}{i.label}", f"{sign}{i.label}", f"{i.opened_at:%d %b %H:%M:%S}Z opened: {i.title}")
            for i in newest
            if i.label.lower().startswith(word.lower())
        ][:MOST_OFFERED]
        if not word:
            return [Choice(f"{sign}{each}", f"{sign}{each}", f"{each[1:]} ago") for each in OFFERED] + found
        if found:
            return found
        if word.upper().startswith("I-"):
            return []  # an older one may be meant, which only the database knows
        try:
            instant = parse_instant(word, now)
        except WatchfloorError as error:
            return [Choice(word, f"{sign}{word}", str(error), why_not=str(error))]
        ago = age((now - instant).total_seconds())
        return [Choice(f"{sign}{word}", f"{sign}{word}", f"{instant:%Y-%m-%d %H:%M:%S}Z, {ago} ago")]

    async def go_then(self, text: str) -> None:
        """Shows the moment a person names, on the Board where the screen in front shows no past."""
        from screens.moment import moment_called

        view = self.views[self.current]
        try:
            shown = view if view.has_then else self.views["board"]
            moment = await self.ask(moment_called, text, utc_now(), shown.changes(), self.picture)
        except WatchfloorError as error:
            self.say(str(error), bad=True)
            return
        if not view.has_then:
            self.go_to("board")
        self.then_news = 0
        await self._bring_then(moment, self.then)

    async def do_then_step(self, way: str) -> None:
        """Shows the moment one step on; where there is none, says so."""
        from screens.moment import moment_after

        before = self.then
        if before is None:
            return
        try:
            sorts = self.views[self.current].changes()
            moment = await self.ask(moment_after, before, way, utc_now(), sorts, self.picture)
        except WatchfloorError as error:
            self.say(str(error), bad=True)
            return
        if self.then is None or self.then.picture is not before.picture:
            return  # another step was quicker, or now was returned to
        if moment is not None:
            await self._bring_then(moment, before)
        elif way in {"later", "on.10m", "on.1h"}:
            self.say("nothing later: @ returns to now")
        else:
            self.say("nothing earlier: the journal begins here")

    async def _bring_then(self, moment: Moment, before: Moment | None) -> None:
        """Shows a moment once what the view in front shows of it is read, so that nothing of another stands under its sign.

        Nothing where another one than `before` is shown by then: another key was quicker.
        """
        view = self.views[self.current]
        try:
            await view.prepare(moment)
        except WatchfloorError as error:
            self.say(str(error), bad=True)
            return
        shown, was = (each.picture if each else None for each in (self.then, before))
        if shown is was:
            self._show_then(moment)

    def _show_then(self, moment: Moment | None) -> None:
        """Has the view in front show it; the others do when they come to the front, except that none keeps what is past."""
        if moment is not None and self.then is None:
            self.forget_words()
        self.then = moment
        for name, view in self.views.items():
            if view.has_then and (moment is None or name == self.current):
                view.show_then(again=moment is None)  # what came meanwhile was not taken in
        self.refresh_bars()

    def leave_then(self) -> None:
        """Shows now again."""
        news, self.then_news = self.then_news, 0
        self._show_then(None)
        self.say(f"this is now; {news} entries came meanwhile" if news else "this is now")

    def do_back(self) -> None:
        """Gives up one level: filter, marks, the page of one subject, then, screen."""
        view = self.views.get(self.current)
        is_page = view is not None and view.tab_of != view.view_id and bool(self._back)
        if self.then is None or view is None or not view.has_then or is_page:
            super().do_back()
        elif not view.leave():
            self.leave_then()

    def _give_keys(self, wanted: View, argument: str) -> None:
        """Gives a view the keys; of then, with what was told last of what it shows."""
        super()._give_keys(wanted, argument)
        if self.then is not None and wanted.has_then:
            self.run_worker(self._tell_of_view(self.then), group="then", exclusive=True)

    async def _tell_of_view(self, moment: Moment) -> None:
        from screens.moment import again_for

        found = await self.ask(again_for, moment, self.views[self.current].changes())
        if self.then is moment and self.views[self.current].has_then:
            self._show_then(found)

    def why_not_at_then(self, action_id: str) -> str | None:
        """Returns why an action is not possible for what is shown is the past, or is not."""
        action = self.registry[action_id]
        if self.then is not None and (action.verb or action_id == "operate"):
            here = "this is" if self.views[self.current].has_then else "the other screens show"
            return f"{here} {self.then.instant:%d %b %H:%M:%S}Z, not now; @ returns to now"
        if action.handler == "then_step" and self.then is None:
            return "this is now; @ goes to then"
        if action_id == "then" and self.then is None and not self.views[self.current].has_then:
            return f"{self.views[self.current].crumbs()[-1]} shows only now; the other screens show then"
        return None
