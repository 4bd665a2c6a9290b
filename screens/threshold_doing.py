"""Revising by which ranges a component's probes are judged, and ending that: on the Board and on a component's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.catalog.queries import declared_component
from core.errors import Unavailable, WatchfloorError
from core.monitoring.revisions.commands import asked_revision, end_revision, revise_threshold
from core.monitoring.revisions.model import Name, ranges_in_words
from core.monitoring.revisions.queries import Judged, judged_of, measures_of, revisions_of
from core.monitoring.revisions.trying import values_of
from core.timekeeping import utc_now
from screens.boxes.draft import Draft
from screens.boxes.pick import Choice, PickBox
from screens.boxes.threshold import ThresholdBox, end_in, said_in
from screens.component_doing import ComponentDoing
from screens.known import told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from screens.boxes.form import Fault

REVISE, END = "revise", "end"


def thresholds_of(connection: Connection, component_id: str, probe_id: str = "") -> list[Judged]:
    """Returns the thresholds of a component, or of one of its probes, as they are judged; where there are none, what could have one.

    Raises NotFound.
    """
    component = declared_component(connection, component_id)
    probes = [probe for probe in component.probes if probe_id in {"", probe.id}]
    own = revisions_of(connection, [component_id])
    found = [each for each in judged_of(component, own) if each.name.probe in {p.id for p in probes}]
    return found or [
        Judged(Name(component_id, probe.id, metric), None)
        for probe in probes
        for metric in measures_of(connection, component_id, probe)
    ]


class ThresholdDoing(ComponentDoing):
    """The verb over the thresholds of `component_id()`."""

    def probe_id(self) -> str:
        """Returns the probe whose thresholds are meant; empty for all of the component's."""
        return ""

    def why_not(self, action_id: str) -> str | None:
        """Returns why it is not possible now."""
        if action_id == "threshold.revise" and self.component_id() is None:
            return "there is no component under the cursor"
        return super().why_not(action_id)

    async def do_threshold_revise(self) -> None:
        """Chooses a threshold, and revises it, or ends its revision."""
        component_id = self.component_id()
        if component_id is None:
            return
        found = await self.floor.ask(thresholds_of, component_id, self.probe_id())
        if not found:
            self.floor.say(f"the probes of {component_id} give nothing that could have a threshold", bad=True)
            return
        judged = await self._which(component_id, found)
        if judged is None:
            return
        if judged.revision is not None:
            what = await self.floor.box(
                PickBox(f"{judged.name} is revised {judged.revision.until}", _ways(judged))
            )
            if what is None:
                return
            if what == END:
                await self.floor.command(
                    end_revision, judged.name, "", judged, done=f"{judged.name} is judged by the catalog again; u takes it back"
                )  # fmt: skip
                return
        await self._revise(judged)

    async def _which(self, component_id: str, found: Sequence[Judged]) -> Judged | None:
        if len(found) == 1:
            return found[0]
        sign = self.floor.glyphs.revised
        choices = [
            Choice(
                str(each.name), f"{each.name.probe} {each.name.metric}",
                f"{f'{sign} ' if each.revision else ''}{ranges_in_words(each.threshold)}",
            )
            for each in found
        ]  # fmt: skip
        chosen = await self.floor.box(PickBox(f"thresholds of {component_id}", choices))
        return next((each for each in found if str(each.name) == chosen), None)

    async def _revise(self, judged: Judged) -> None:
        values = await self.floor.ask(values_of, judged.name, utc_now())
        draft = Draft(self.floor, f"threshold.revise:{judged.name}")

        async def asked(texts: dict[str, str]) -> Fault | None:
            until, owner = end_in(texts["until"]), texts["owner"]
            ranges, person = said_in(texts, judged), self.floor.person
            try:
                await self.floor.ask(
                    asked_revision, utc_now(), person, judged.name, ranges, until, owner, judged
                )
            except Unavailable:
                return None
            except WatchfloorError as error:
                return error.where if error.where in texts else "warning", told(error)
            return None

        box = ThresholdBox(judged, values, self.floor.person, draft, self.floor.glyphs, asked)
        answer = await self.floor.box(box)
        if answer is None:
            return
        until = end_in(answer["until"])
        end = f"until {until:%Y-%m-%d %H:%M}Z" if until else "until somebody ends it"
        await self.floor.command(
            revise_threshold, judged.name, said_in(answer, judged), until, answer["owner"], answer["reason"], judged,
            done=f"{judged.name} is judged so {end}; u takes it back", draft=draft,
        )  # fmt: skip


def _ways(judged: Judged) -> list[Choice]:
    return [
        Choice(REVISE, "revise it on", f"now {ranges_in_words(judged.threshold)}"),
        Choice(END, "end it", f"the catalog says {ranges_in_words(judged.declared)}"),
    ]
