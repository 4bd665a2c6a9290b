"""A new request, taken down by hand: on the phone, or at the counter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.catalog.model import RequestType
from core.catalog.queries import declared_services
from core.desk.requests import commands
from core.desk.requests.model import Asked
from core.desk.requests.offers import offered_types
from core.errors import WatchfloorError
from core.gate.model import Consent, Level
from core.sentences import LONGEST_NOTE
from core.timekeeping import utc_now
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox, FormField, needed
from screens.boxes.pick import Choice, PickBox
from screens.request_life import form_answers, form_fields
from screens.view import View

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

GRADES = {"1", "2", "3"}
NONE = "-"
LEFT = RequestType("", "", "")
"""Stands for no choice at all: the box was left."""


class RequestNew(View):
    """The part of a view from which requests are taken down."""

    async def do_request_new(self) -> None:
        """Takes a request down; what is typed is kept until it is recorded."""
        try:
            services = sorted(await self.floor.ask(declared_services))
        except WatchfloorError:
            services = []  # the form opens all the same: what is typed is kept until the database is back
        draft = Draft(self.floor, "request:new:")
        answer = await self.floor.box(FormBox("new request", _fields(services), draft))
        if answer is None:
            return
        offered = await self._offered(answer)
        if offered is LEFT:
            return
        form_draft = Draft(self.floor, "request:new:form:")
        form: dict[str, str] | None = {}
        if offered is not None and offered.fields:
            title = f"{answer['title']}: {offered.title}"
            form = await self.floor.box(FormBox(title, form_fields(offered, {}), form_draft))
        if form is None:
            return
        asked = Asked(
            title=answer["title"], service=answer["service"], requester=answer["requester"], text=answer["text"],
            requester_name=answer["requester_name"], component=answer["component"], impact=int(answer["impact"]),
            urgency=int(answer["urgency"]), source="phone", type=offered.id if offered is not None else "",
            form=form_answers(offered, form),
        )  # fmt: skip
        made = await self.floor.command(commands.new_request, asked, Consent(Level.BOX), draft=draft)
        if made is not None:
            form_draft.used()
            self.floor.say(
                f"{made.label} recorded, P{made.priority}; enter on it, or :{made.label}, opens it"
            )

    async def _offered(self, answer: Mapping[str, str]) -> RequestType | None:
        """Returns which type is asked for, chosen where the agreement offers any; None for none of them, LEFT where that was left."""
        try:
            types = await self.floor.ask(offered_types, answer["requester"], answer["service"], utc_now())
        except WatchfloorError:
            types = []
        if not types:
            return None
        choices = [Choice(each.id, each.title, each.id) for each in types] + [Choice(NONE, "none of them")]
        chosen = await self.floor.box(PickBox(f"what is asked of {answer['service']}", choices))
        if chosen is None:
            return LEFT
        return next((each for each in types if each.id == chosen), None)


def _fields(services: Sequence[str]) -> list[FormField]:
    only = services[0] if len(services) == 1 else ""
    known = ", ".join(services[:6]) + (" …" if len(services) > 6 else "")
    return [
        FormField("title", "what is asked for, in one line", check=needed("say it in one line"), longest=commands.LONGEST_TITLE),
        FormField("requester", "who asks: the address where they are told how it stands", check=needed("give their address"), longest=commands.LONGEST_ADDRESS),
        FormField("requester_name", "their name", longest=commands.LONGEST_TITLE),
        FormField("service", "service" + (f": {known}" if known else ""), only, check=_one_of(services)),
        FormField("component", "component, where one is meant", longest=commands.LONGEST_TITLE),
        FormField("impact", "impact: 1 many stand still, 2 some, 3 one", "2", check=_grade),
        FormField("urgency", "urgency: 1 at once, 2 soon, 3 it can wait", "2", check=_grade),
        FormField("text", "in their own words", keeps_lines=True, longest=LONGEST_NOTE),
    ]  # fmt: skip


def _one_of(services: Sequence[str]) -> Callable[[str], str | None]:
    def check(text: str) -> str | None:
        if not text:
            return "name the service it is about"
        return (
            None
            if not services or text in services
            else f"there is no service {text!r}: {', '.join(services[:8])}"
        )

    return check


def _grade(text: str) -> str | None:
    return None if text in GRADES else "1, 2 or 3"
