"""A procedure begun for a request, and the runs that were: one key, wherever a request is shown."""

from __future__ import annotations

from core.desk.agreements.starting import procedures_for
from core.desk.requests.offers import type_of
from core.errors import WatchfloorError
from core.operations.gate import why_not_yet
from core.operations.queries import runs_for_request
from screens.boxes.pick import Choice, PickBox
from screens.request_doing import RequestDoing
from screens.run_beginning import begin_procedure, procedure_choices


class RequestRunning(RequestDoing):
    """The procedures of the first of `requests()`."""

    async def do_request_run(self) -> None:
        """Chooses a procedure that its type names and begins a run of it, or goes to a run that was begun for it."""
        request = next(iter(self.requests()))
        try:
            offered = await self.floor.ask(type_of, request.id)
            runs = await self.floor.ask(runs_for_request, request.id)
        except WatchfloorError as error:
            self.floor.say(str(error), bad=True)
            return
        names = procedures_for(offered) if offered is not None else ()
        choices = await procedure_choices(self.floor, names, on=True)
        choices += [Choice(each.label, f"{each.label} {each.state}", each.title) for each in reversed(runs)]
        if not choices:
            named = f"its type {offered.id} names no procedure" if offered is not None else "it has no type"
            self.floor.say(f"{request.label}: {named}", bad=True)
            return
        chosen = await self.floor.box(PickBox(f"procedures of {request.label} {request.title}", choices))
        if chosen is None:
            return
        if chosen in {each.label for each in runs}:
            self.floor.go_to("run", chosen)
        elif not self.floor.operates:
            self.floor.say("this console is in WATCH; press O and say why", bad=True)
        elif (why_not := why_not_yet(request)) is not None:
            self.floor.say(f"{why_not}; no procedure is begun for it", bad=True)
        else:
            await begin_procedure(self.floor, chosen, request)
