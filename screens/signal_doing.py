"""What can be done with signals: the marked ones, else the one under the cursor."""

from __future__ import annotations

from abc import abstractmethod
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from core.errors import BadInput
from core.security.signals.commands import acknowledge_signal, make_incident
from core.security.signals.model import FOLLOWS, USUAL_SUPPRESSED_DAYS, Signal, SignalState
from core.security.signals.suppressing import suppress_signal, why_never
from core.timekeeping import parse_future, utc_now
from screens.boxes.form import FormField, is_written
from screens.boxes.pick import Choice, PickBox
from screens.several_doing import SeveralDoing, names_of, sentence_field

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.desk.model import Incident

_S = SignalState
NEW_ONE = "new"
_BECOMES = {
    "signal.acknowledge": _S.ACKNOWLEDGED, "signal.suppress": _S.SUPPRESSED, "signal.incident": _S.INCIDENT,
}  # fmt: skip


def why_not(verb: str, signal: Signal) -> str | None:
    """Returns why a verb is not possible on a signal as it stands; None where it is."""
    if _BECOMES[verb] not in FOLLOWS[signal.state]:
        return f"{signal.label} is {signal.standing}"
    return why_never(signal) if verb == "signal.suppress" else None


class SignalDoing(SeveralDoing):
    """Verbs over signals. Over one they act as their level says; over several what will change is shown first."""

    noun = "signal"
    form_titles = {"signal.acknowledge": "acknowledge", "signal.suppress": "suppress the like of"}  # noqa: RUF012

    @abstractmethod
    def subjects(self) -> Sequence[Signal]:
        """Returns the signals the verbs act on, as they were seen."""

    def why_not_of(self, verb: str, row: Any) -> str | None:
        """Returns why a verb is not possible on a signal as it stands; None where it is."""
        return why_not(verb, row)

    def why_not(self, action_id: str) -> str | None:
        """Returns why a verb is not possible on any of them now."""
        if action_id not in _BECOMES:
            return super().why_not(action_id)
        found = self.subjects()
        if not found:
            return "there is no signal under the cursor"
        reasons = [why_not(action_id, each) for each in found]
        return reasons[0] if all(reasons) else None

    async def do_signal_acknowledge(self) -> None:
        """Says what they were."""
        answer = await self.form("signal.acknowledge", [sentence_field("what it was")])
        if answer is not None:
            draft, texts = answer
            await self.over(
                "signal.acknowledge", acknowledge_signal, "acknowledged", texts["text"], draft=draft
            )

    async def do_signal_incident(self) -> None:
        """Makes an incident of them, or puts their evidence on the time line of one that is worked on."""
        found = list(self.subjects())
        into = await self._which_incident(found)
        if into is None:
            return
        number = None if into == NEW_ONE else int(into)
        about = "a new incident each" if number is None and len(found) > 1 else "a new incident"
        done = f"worked on as I-{number}" if number is not None else "made an incident"
        lines = [
            ("as", about if number is None else f"I-{number}"),
            ("with", "its evidence on the time line"),
        ]
        await self.asked_over(
            "signal.incident", make_incident, done, "Make it an incident", lines, into=number
        )

    async def _which_incident(self, found: Sequence[Signal]) -> str | None:
        """Asks which incident they belong to; one that is not worked on yet where there is no other about these components."""
        components = {each.component for each in found} - {""}
        there: list[Incident] = [
            each
            for each in self.floor.picture.incidents.values()
            if each.state.is_unsolved and each.component in components
        ]
        if not there:
            return NEW_ONE
        choices = [
            Choice(NEW_ONE, "a new incident"),
            *(Choice(str(i.id), f"I-{i.id}", i.title) for i in there),
        ]
        return await self.floor.box(PickBox(f"which incident {names_of(found)} belongs to", choices))

    async def do_signal_suppress(self) -> None:
        """Keeps their like from being shown until an end, by somebody, for a reason."""
        until = utc_now() + timedelta(days=USUAL_SUPPRESSED_DAYS)
        fields = [
            FormField("until", "until when (UTC)", f"{until:%Y-%m-%d %H:%M}", "2026-11-30 18:00, or 12h", check=_is_end),
            FormField("owner", "who answers for it", self.floor.person, check=is_written),
            sentence_field("why it is suppressed"),
        ]  # fmt: skip
        answer = await self.form("signal.suppress", fields)
        if answer is None:
            return
        draft, texts = answer
        end = parse_future(texts["until"], utc_now())
        lines = [
            ("until", f"{end:%Y-%m-%d %H:%M}Z; it is counted on, and what comes afterwards is new"),
            ("answers", texts["owner"]), ("why", texts["text"]),
        ]  # fmt: skip
        await self.asked_over(
            "signal.suppress", suppress_signal, f"suppressed until {end:%Y-%m-%d %H:%M}Z", "Suppress", lines,
            end, texts["owner"].strip(), texts["text"], draft=draft,
        )  # fmt: skip


def _is_end(text: str) -> str | None:
    try:
        parse_future(text, utc_now())
    except BadInput as error:
        return str(error)
    return None
