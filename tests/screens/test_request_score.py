"""What a requester says on the phone of how satisfied they are is taken down once it was asked, with a number of the scale."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from core.desk.requests.model import Request, RequestState
from core.improvement.surveys.commands import take_answer
from core.improvement.surveys.model import Scale, Survey, SurveyState
from core.improvement.surveys.queries import survey_of
from screens.request_score import RequestScore
from tests.screens.view_host import NOON, ViewHost, picture_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screens.boxes.form import FormBox

DELIVERED = Request(
    7, 4, RequestState.DELIVERED, 2, 2, 2, "acme", "gold", "orders", "", "", "kim@c.example", "Kim", "A till", "", {}, "mail", NOON,
    "agent", delivered_at=NOON,
)  # fmt: skip
ASKED = Survey(7, 2, SurveyState.ASKED, Scale.CSAT, NOON, NOON)


class One(RequestScore):
    view_id = "request"

    def __init__(self, *found: Request) -> None:
        super().__init__(id="view-request")
        self._found = found

    def requests(self) -> Sequence[Request]:
        return self._found


def host(request: Request, asked: Survey | None) -> tuple[ViewHost, One]:
    view = One(request)
    return ViewHost(view, picture_of(), {survey_of: lambda _number: asked}), view


async def test_a_score_and_what_was_said_are_taken_down(monkeypatch: pytest.MonkeyPatch) -> None:
    app, view = host(DELIVERED, ASKED)

    async def answer(box: FormBox) -> Any:
        score = box._fields[0]
        assert score.check is not None
        assert "How satisfied are you" in score.label
        assert [score.check(text) is None for text in ("1", "5", "0", "6", "", "four", "²")] == [
            True, True, False, False, False, False, False,
        ]  # fmt: skip
        return {"score": "2", "comment": "it took a week"}

    monkeypatch.setattr(app, "box", answer)
    async with app.run_test():
        await view.do_request_survey()
    assert app.commands == [(take_answer, 7, 2, "it took a week", 2)]


@pytest.mark.parametrize(
    ("asked", "words"),
    [(None, "was not asked"), (replace(ASKED, state=SurveyState.ANSWERED, score=5, via="mail"), "answered already: 5 of 5, by mail")],
)  # fmt: skip
async def test_what_cannot_be_taken_down_says_why(asked: Survey | None, words: str) -> None:
    app, view = host(DELIVERED, asked)
    async with app.run_test():
        await view.do_request_survey()
    assert words in app.said[0]
    assert (app.boxes, app.commands) == ([], [])


async def test_it_is_asked_at_delivery() -> None:
    app, view = host(replace(DELIVERED, state=RequestState.NEW, delivered_at=None), None)
    async with app.run_test():
        assert view.why_not("request.survey") == "R-7 is new: it is asked at delivery"
        view._found = (DELIVERED,)
        assert view.why_not("request.survey") is None
