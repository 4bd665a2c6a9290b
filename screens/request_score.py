"""How satisfied the requester of a request is, taken down as they say it on the phone."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from core.errors import WatchfloorError
from core.improvement.surveys.commands import take_answer
from core.improvement.surveys.model import SurveyState
from core.improvement.surveys.queries import survey_of
from core.sentences import LONGEST
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox, FormField
from screens.view import View

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.desk.requests.model import Request
    from core.improvement.surveys.model import Scale

SCORE, COMMENT = "score", "comment"


class RequestScore(View):
    """The verb of one view with one request."""

    @abstractmethod
    def requests(self) -> Sequence[Request]:
        """Returns the request, as it was seen."""

    def why_not(self, action_id: str) -> str | None:
        """Returns why nothing can be taken down: it was never delivered."""
        if action_id == "request.survey":
            if not self.requests():
                return "there is no request under the cursor"
            request = self.requests()[0]
            was_delivered = request.delivered_at is not None or request.state.is_over
            return (
                None if was_delivered else f"{request.label} is {request.standing}: it is asked at delivery"
            )
        return super().why_not(action_id)

    async def do_request_survey(self) -> None:
        """Takes down a score, and what was said besides."""
        for request in list(self.requests())[:1]:
            try:
                asked = await self.floor.ask(survey_of, request.id)
            except WatchfloorError as error:
                self.floor.say(str(error), bad=True)
                return
            if asked is None:
                self.floor.say(f"the requester of {request.label} was not asked", bad=True)
                return
            if asked.state is SurveyState.ANSWERED:
                said = f"{request.label} was answered already: {asked.score} of {asked.scale.highest}, by {asked.via}"
                self.floor.say(said, bad=True)
                return
            draft = Draft(self.floor, f"request.survey:{request.label}")
            fields = [
                FormField(SCORE, asked.scale.question, check=_is_score(asked.scale)),
                FormField(COMMENT, "what they said besides", keeps_lines=True, longest=LONGEST),
            ]
            who = request.requester_name or request.requester
            answer = await self.floor.box(FormBox(f"{request.label} {who}, on the phone", fields, draft))
            if answer is None:
                return
            score = int(answer[SCORE])
            follows = "; a corrective action is drafted" if score <= asked.scale.low else ""
            await self.floor.command(
                take_answer, request.id, score, answer[COMMENT], asked.version,
                done=f"{request.label}: {score} of {asked.scale.highest} taken down{follows}", draft=draft,
            )  # fmt: skip


def _is_score(scale: Scale) -> Callable[[str], str | None]:
    def check(text: str) -> str | None:
        if text.isascii() and text.isdigit() and len(text) <= 2 and int(text) in scale.scores:
            return None
        return f"a number from {scale.lowest} to {scale.highest}"

    return check
