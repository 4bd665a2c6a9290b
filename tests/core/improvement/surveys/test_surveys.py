from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from core.desk.requests import commands as requests
from core.desk.requests.model import Asked
from core.errors import BadInput, NotFound, NotPossible
from core.gate.model import Consent, Level
from core.improvement.queries import corrective_actions
from core.improvement.surveys import commands, queries
from core.improvement.surveys.model import EXPIRES_S, Answer, Scale, SurveyState, answer_in, answer_links
from core.journal import queries as journal
from core.journal.model import Via
from core.journal.wording import sentence
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from pathlib import Path

AGENT = Author("agent", Via.AGENT)


def ask(store: Store, scale: Scale = Scale.CSAT) -> str:
    asked = Asked("VPN drops", "network", "ada@acme.example")
    number = store.write(Author("ada", Via.CONSOLE), requests.new_request, asked, Consent(Level.BOX)).id
    token = store.write(AGENT, commands.ask, number, scale)
    assert token is not None
    return token


def test_a_click_on_a_link_of_the_mail_is_the_answer(store: Store) -> None:
    token = ask(store)
    link = answer_links(Scale.CSAT, 1, token, "desk@ours.example")[0].split()[1]
    subject = parse_qs(urlsplit(link).query)["subject"][0]
    answer = answer_in(f"Re: {subject}")
    assert answer == Answer(1, 5, token)
    found = store.write(AGENT, commands.record_answer, answer, "well done")
    assert (found.state, found.score, found.comment, found.via) == (
        SurveyState.ANSWERED,
        5,
        "well done",
        "mail",
    )
    assert store.read(corrective_actions) == []
    last = store.read(journal.of_subject, requests.subject(1))[-1]
    assert sentence(last) == "R-1 its requester answered 5"


def test_nobody_is_asked_twice_and_the_first_answer_stays(store: Store) -> None:
    token = ask(store)
    assert store.write(AGENT, commands.ask, 1) is None
    store.write(AGENT, commands.record_answer, Answer(1, 4, token))
    with pytest.raises(NotPossible, match="answered already: 4"):
        store.write(AGENT, commands.record_answer, Answer(1, 1, token))
    with pytest.raises(NotFound, match="of R-7 was not asked"):
        store.write(AGENT, commands.record_answer, Answer(7, 1, token))


@pytest.mark.parametrize("wrong", ["a" * 26, "", "7" * 26])
def test_a_token_that_is_not_the_requests_answers_nothing(store: Store, wrong: str) -> None:
    ask(store)
    with pytest.raises(BadInput, match="no answer for R-1"):
        store.write(AGENT, commands.record_answer, Answer(1, 5, wrong))
    assert store.read(queries.one_survey, 1).state is SurveyState.ASKED


def test_a_low_score_opens_a_corrective_action(store: Store, ada: Author) -> None:
    ask(store)
    found = store.write(ada, commands.take_answer, 1, 2, "nobody\ncalled back")
    assert (found.via, found.action, found.is_low) == ("phone", 1, True)
    action = store.read(corrective_actions)[0]
    assert action.deviation == "R-1: its requester answered 2 of 5 (csat): nobody\ncalled back"


@pytest.mark.parametrize(
    ("scale", "score"), [(Scale.CSAT, 0), (Scale.CSAT, 6), (Scale.NPS, 11), (Scale.CES, 8)]
)
def test_a_score_beyond_its_scale_is_refused(store: Store, ada: Author, scale: Scale, score: int) -> None:
    ask(store, scale)
    with pytest.raises(BadInput, match=f"{score} is no answer"):
        store.write(ada, commands.take_answer, 1, score)


def test_a_question_that_nobody_answers_is_over_after_a_fortnight_but_for_the_phone(
    store: Store, place: Path | str, ada: Author
) -> None:
    token = ask(store)
    asked = store.read(queries.one_survey, 1)
    assert asked.expires_at - asked.asked_at == timedelta(seconds=EXPIRES_S)
    assert store.read(queries.due_to_expire, utc_now()) == []
    store.write(AGENT, commands.expire, 1)
    assert store.read(queries.one_survey, 1).state is SurveyState.ASKED  # whatever the caller believes
    assert store.read(queries.due_to_expire, asked.expires_at) == [1]
    later = Store.at(place, now=lambda: asked.expires_at)
    try:
        later.write(AGENT, commands.expire, 1)
        assert later.read(queries.one_survey, 1).state is SurveyState.EXPIRED
        with pytest.raises(NotPossible, match="could be answered until"):
            later.write(AGENT, commands.record_answer, Answer(1, 3, token))
        later.write(ada, commands.take_answer, 1, 3)
        assert later.read(queries.one_survey, 1).score == 3
    finally:
        later.close()


def test_measures_count_who_was_asked_and_who_answered(store: Store, ada: Author) -> None:
    for number, score in enumerate((5, 4, 2, None), start=1):
        ask(store)
        if score is not None:
            store.write(ada, commands.take_answer, number, score)
    now = utc_now()
    ((found, _),) = store.read(queries.satisfaction, now - timedelta(days=1), now + timedelta(days=1), now)
    assert (found.scale, found.asked, found.answers, found.rate) == (Scale.CSAT, 4, 3, 75.0)
    assert found.value == pytest.approx(66.667, abs=0.001)
    assert store.read(queries.satisfaction, now - timedelta(days=2), now - timedelta(days=1), now) == []
