"""What is made of a review: a corrective action from it; and its evidence, taken out: one ZIP, where the operator says, over another file only once that is confirmed."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import WatchfloorError
from core.gate.model import Level
from core.journal.model import Subject
from core.security.reviews.evidence import as_zip, evidence_of
from core.security.reviews.evidence_file import write_evidence
from screens.action_forms import draft_from_subject
from screens.boxes.confirm import ConfirmBox, Question
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox, FormField, is_written
from screens.view import View

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from screens.floor import Floor


class ReviewEvidence(View):
    """The verbs over the review that is open or under the cursor, on either screen."""

    @abstractmethod
    def review_number(self) -> int:
        """Returns the number of that review; 0 where there is none."""

    async def do_review_evidence(self) -> None:
        """Asks where to, and writes the one file."""
        number = self.review_number()
        if number:
            await _take_out(self.floor, number)

    async def do_action_draft(self) -> None:
        """Drafts a corrective action from it."""
        number = self.review_number()
        if number:
            await draft_from_subject(self.floor, Subject("review", str(number)))


async def _take_out(floor: Floor, number: int) -> None:
    draft = Draft(floor, f"review.evidence:RV-{number}")
    field = FormField(
        "path",
        "the file it is written to, on this machine",
        str(Path.cwd() / f"RV-{number}.zip"),
        check=is_written,
    )
    answer = await floor.box(FormBox(f"evidence of RV-{number}", [field], draft))
    if answer is None:
        return
    path, is_over = await asyncio.to_thread(_place, answer["path"].strip())
    if is_over:
        question = Question(
            f"Write over {path.name}", [("file", str(path)), ("instead", f"the evidence of RV-{number}, as it stands now")],
            [path.name], Level.BOX, "Write over it",
        )  # fmt: skip
        if await floor.box(ConfirmBox(question)) is None:
            return
    try:
        made = await floor.ask(_made, number)
        await asyncio.to_thread(write_evidence, path, made, is_over=is_over)
    except WatchfloorError as error:
        floor.say(str(error), bad=True)
        return
    draft.keep({"path": ""}, {"path": ""})
    floor.say(f"evidence of RV-{number}: {path}, {len(made) / 1000:,.0f} kB")


def _place(written: str) -> tuple[Path, bool]:
    """Returns where a path lies, and whether something is there."""
    path = Path(written).expanduser().absolute()
    return path, path.exists()


def _made(connection: Connection, number: int) -> bytes:
    return as_zip(evidence_of(connection, number))
