"""What can be done with incidents, wherever they are shown."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from core.desk import commands
from core.desk.model import FOLLOWS, IncidentState
from core.desk.queries import one_incident
from core.desk.rewriting import rewrite_resolution
from core.desk.telling import tell_incident
from core.gate.model import VERBS
from core.sentences import LONGEST, LONGEST_NOTE
from screens.action_forms import draft_from_subject
from screens.attached_log import attach_own_log, read_attached_logs
from screens.boxes.confirm import ConfirmBox, Question
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox, FormField, is_said
from screens.boxes.pick import Choice, PickBox
from screens.due_explained import explain_due
from screens.escalating import escalate_by_hand
from screens.linking import link_or_unlink
from screens.major_doing import MajorDoing
from screens.problem_linking import ProblemLinking
from screens.saving import Saving, Standing, save, sentence_field, sentence_over

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from core.desk.model import Incident

_WANTED = {
    "incident.acknowledge": IncidentState.ACKNOWLEDGED,
    "incident.start": IncidentState.IN_PROGRESS,
    "incident.reopen": IncidentState.REOPENED,
}
_NOT_ON_CLOSED = frozenset({"incident.take", "incident.tell", "incident.severity", "incident.resolve"})
OF_INCIDENT = frozenset(
    {
        "incident.acknowledge", "incident.take", "incident.start", "incident.note", "incident.tell", "incident.severity",
        "incident.resolve", "incident.reopen", "incident.escalate", "incident.due", "action.draft", "incident.major", "incident.problem",
        "incident.link", "incident.replay", "incident.attach", "incident.logs",
    }
)  # fmt: skip


class IncidentDoing(MajorDoing, ProblemLinking):
    """Verbs over `incidents()`: the marked ones, else the one under the cursor."""

    @abstractmethod
    def incidents(self) -> Sequence[Incident]:
        """Returns the incidents the verbs act on, as they were seen."""

    def why_not(self, action_id: str) -> str | None:
        """Returns why a verb is not possible on them now."""
        if action_id not in OF_INCIDENT:
            return super().why_not(action_id)
        found = self.incidents()
        if not found:
            return "there is no incident under the cursor"
        for incident in found:
            if action_id in _NOT_ON_CLOSED and incident.state is IncidentState.CLOSED:
                return f"{incident.label} is closed; J opens it again"
            if action_id == "incident.escalate" and not incident.state.is_unsolved:
                return f"{incident.label} is {incident.state}; nobody needs to be told"
            wanted = _WANTED.get(action_id)
            if action_id == "incident.acknowledge" and _is_unseen(incident):
                continue
            if wanted is not None and wanted not in FOLLOWS[incident.state]:
                return f"{incident.label} is {incident.state}"
        return None

    async def do_incident_due(self) -> None:
        """Shows how what is due of the first of them comes about."""
        for incident in list(self.incidents())[:1]:
            await explain_due(self, incident)

    async def do_incident_replay(self) -> None:
        """Plays how the first of them went."""
        for incident in list(self.incidents())[:1]:
            await self.floor.replay(incident.label)

    async def do_incident_attach(self) -> None:
        """Attaches to the first of them what this person did."""
        for incident in list(self.incidents())[:1]:
            await attach_own_log(self.floor, incident)

    async def do_incident_logs(self) -> None:
        """Shows what is attached to the first of them."""
        for incident in list(self.incidents())[:1]:
            await read_attached_logs(self.floor, incident)

    async def do_incident_acknowledge(self) -> None:
        """Says that they were seen."""
        await self._each(commands.acknowledge_incident, "acknowledged")

    async def do_incident_take(self) -> None:
        """Makes them this person's."""
        await self._each(commands.take_incident, f"taken by {self.floor.person}")

    async def do_incident_start(self) -> None:
        """Says that work has begun."""
        await self._each(commands.start_incident, "in progress")

    async def _each(self, command: Callable[..., Any], done: str) -> None:
        for incident in list(self.incidents()):
            await self.floor.command(command, incident.id, incident.version, done=f"{incident.label} {done}")

    async def do_incident_note(self) -> None:
        """Writes one line on the time line; what is typed is kept until it is written."""
        found = list(self.incidents())
        if not found:
            return
        incident = found[0]
        draft = Draft(self.floor, f"note:{incident.label}")
        answer = await self.floor.box(FormBox(f"{incident.label} {incident.title}", [_NOTE], draft))
        if answer is not None:
            await self.floor.command(
                commands.note_incident, incident.id, answer["text"], done=f"noted on {incident.label}",
                draft=draft,
            )  # fmt: skip

    async def do_incident_tell(self) -> None:
        """Says what who waits was told of how it stands; the next update is due anew from then on."""
        found = list(self.incidents())
        if not found:
            return
        incident = found[0]
        draft = Draft(self.floor, f"tell:{incident.label}")
        answer = await self.floor.box(FormBox(f"{incident.label} {incident.title}", [_STATUS], draft))
        if answer is not None:
            await self.floor.command(
                tell_incident,
                incident.id,
                answer["text"],
                done=f"status of {incident.label} told",
                draft=draft,
            )

    async def do_incident_severity(self) -> None:
        """Sets their severity."""
        found = list(self.incidents())
        choices = [Choice(str(n), f"{n}", words) for n, words in _SEVERITIES.items()]
        chosen = await self.floor.box(PickBox(f"severity of {_names(found)}", choices))
        if chosen is not None:
            for incident in found:
                await self.floor.command(
                    commands.set_severity, incident.id, int(chosen), incident.version,
                    done=f"{incident.label} severity {chosen}",
                )  # fmt: skip

    async def do_incident_resolve(self) -> None:
        """Resolves them, or closes those that are resolved; each with a sentence."""
        for incident in list(self.incidents()):
            closes = incident.state is IncidentState.RESOLVED
            verb, command = (
                ("incident.close", commands.close_incident)
                if closes
                else ("incident.resolve", commands.resolve_incident)
            )
            word = "Close" if closes else "Resolve"
            lines = [("what", incident.title), ("state", incident.standing)]
            await self._ask_and_do(
                verb, command, incident, word, lines, "how it was resolved:", incident.resolution
            )

    async def do_incident_escalate(self) -> None:
        """Tells whoever is next of them, with why."""
        for incident in list(self.incidents()):
            await escalate_by_hand(self.floor, "incident", incident.id, incident.label, incident.title)

    async def do_incident_link(self) -> None:
        """Says what the first of them is to another item, or that it is that no longer."""
        for incident in list(self.incidents())[:1]:
            await link_or_unlink(self.floor, commands.subject(incident.id), [])

    async def do_incident_reopen(self) -> None:
        """Opens them again."""
        for incident in list(self.incidents()):
            lines = [("what", incident.title), ("state", incident.standing)]
            await self._ask_and_do(
                "incident.reopen",
                commands.reopen_incident,
                incident,
                "Reopen",
                lines,
                "why it is opened again:",
                "",
            )

    async def _ask_and_do(
        self, verb: str, command: Callable[..., Any], incident: Incident, word: str,
        lines: Sequence[tuple[str, str]], asks: str, text: str,
    ) -> None:  # fmt: skip
        question = Question(
            f"{word} {incident.label}",
            lines,
            [incident.label],
            VERBS[verb].level,
            word,
            asks_text=asks,
            text=text,
            keeps_lines=True,
        )
        draft = Draft(self.floor, f"{verb}:{incident.label}")
        if verb == "incident.close":  # somebody else resolved it while this was typed
            draft.take_over(f"incident.resolve:{incident.label}")
        answer = await self.floor.box(ConfirmBox(question, draft))
        if answer is None:
            return

        async def write(texts: Mapping[str, str], now: Standing[Incident]) -> None:
            # Who came second to a resolution writes it anew: it stands there already.
            again = verb != "incident.reopen" and now.item.state is (
                IncidentState.RESOLVED if verb == "incident.resolve" else IncidentState.CLOSED
            )
            if again and texts["text"] == now.item.resolution:
                draft.used()
                self.floor.say(f"{incident.label} is {now.item.state}, as {now.item.resolution!r}")
                return
            await self.floor.command(
                rewrite_resolution if again else command, incident.id, texts["text"], answer.consent, now.version,
                done=f"{incident.label}: {word.lower()}d", draft=draft, raises_moved=True,
            )  # fmt: skip

        async def read() -> Standing[Incident]:
            return standing(await self.floor.ask(one_incident, incident.id))

        def standing(now: Incident) -> Standing[Incident]:
            return sentence_over(now, "" if verb == "incident.reopen" else now.resolution)

        saving = Saving(commands.subject(incident.id), sentence_field(asks, LONGEST), draft, read, write)
        await save(self.floor, saving, standing(incident), {"text": answer.text})

    async def do_action_draft(self) -> None:
        """Drafts a corrective action from the first of them."""
        for incident in list(self.incidents())[:1]:
            await draft_from_subject(self.floor, commands.subject(incident.id))


def _is_unseen(incident: Incident) -> bool:
    """Tells whether its failure went by and nobody looked: note can still be taken of it."""
    return incident.state is IncidentState.RESOLVED and not incident.was_looked_at


_NOTE = FormField("text", "what you saw or did", check=is_said, keeps_lines=True, longest=LONGEST_NOTE)
_STATUS = FormField(
    "text", "how it stands, as you told who waits", check=is_said, keeps_lines=True, longest=LONGEST_NOTE
)
_SEVERITIES = {
    1: "a service is down for its customers",
    2: "a service is impaired, or will be soon",
    3: "some are hindered, there is a way round",
    4: "nobody is hindered yet",
}


def _names(found: Sequence[Incident]) -> str:
    return ", ".join(i.label for i in found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")
