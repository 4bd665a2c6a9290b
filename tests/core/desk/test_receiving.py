"""What comes by mail opens a request, or is added to the one it belongs to, once; the rest is kept with its reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from core.catalog.commands import load_catalog
from core.catalog.mail import Mailbox
from core.catalog.model import Catalog, Service
from core.desk import commands as incidents
from core.desk.links.queries import links_of
from core.desk.mail import receiving
from core.desk.mail.incoming import read_mail
from core.desk.messages import outbox
from core.desk.messages.queries import messages_of, received_mails
from core.desk.requests import commands
from core.desk.requests.merging import merge_request
from core.desk.requests.model import RequestState, WaitingFor
from core.desk.requests.queries import one_request, requests
from core.gate.model import Consent, Level
from core.improvement.queries import one_action
from core.improvement.surveys.commands import ask
from core.improvement.surveys.queries import survey_of
from core.journal import queries as journal
from core.journal.model import Subject, Via
from core.journal.wording import sentence
from core.store.lease import take_lease
from core.store.store import Store, backend_for
from core.store.work import Author
from core.timekeeping import utc_now
from tests.core.desk.mails import REPORT, SUPPORT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from core.desk.mail.receiving import Taken

BOX = Consent(Level.BOX)
AGENT = Author("agent", Via.AGENT, "agent:here:1:aa")
BARE = Mailbox("bare", "bare@acme.example", "Bare", "bare", smtp_host="m")


class Clock:
    def __init__(self) -> None:
        self.now = utc_now()

    def __call__(self) -> datetime:
        return self.now


class Desk:
    """A database with two mailboxes, and the agent that reads them."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock
        catalog = Catalog(
            services={"orders": Service("orders", "Orders")},
            mailboxes={box.id: box for box in (SUPPORT, BARE)},
        )
        store.write(AGENT, load_catalog, catalog, directory="d", digest="x", changes=[])
        self.token: int = store.write(AGENT, take_lease, outbox.DUTY, "agent:here:1:aa")
        self.count = 0

    def take(self, text: str = "It hangs.", *, box: Mailbox = SUPPORT, **headers: Any) -> Taken | None:
        self.count += 1
        given = {
            "From": "Kim <kim@customer.example>", "Subject": "The till hangs",
            "Message-ID": f"<{self.count}@customer.example>", **{name.replace("_", "-"): value for name, value in headers.items()},
        }  # fmt: skip
        data = "".join(f"{name}: {value}\n" for name, value in given.items()) + "\n" + text
        return self.raw(data.encode(), box)

    def raw(self, data: bytes, box: Mailbox = SUPPORT) -> Taken | None:
        mail = read_mail(data, own=(SUPPORT.address, BARE.address), authority=box.authority)
        return self.store.write(AGENT, receiving.take_in, self.token, box, mail)

    def later(self, days: float) -> None:
        """Moves the clock; the duty is taken anew, as it is over meanwhile."""
        self.clock.now += timedelta(days=days)
        lease = self.store.read(_lease)
        self.token = self.store.write(AGENT, take_lease, outbox.DUTY, "agent:here:1:aa", over=lease)

    def opened(self, **headers: Any) -> int:
        taken = self.take(**headers)
        assert taken is not None
        assert taken.verdict == "opened", taken
        assert taken.about is not None
        return int(taken.about.id)

    def kinds(self, number: int) -> list[str]:
        return [
            e.kind
            for e in self.store.read(journal.of_subject, commands.subject(number))
            if "message" not in e.kind
        ]


@pytest.fixture
def desk(place: Path | str) -> Iterator[Desk]:
    clock = Clock()
    store = Store(backend_for(place), now=clock)
    store.open()
    yield Desk(store, clock)
    store.close()


def test_a_mail_opens_a_request_once(desk: Desk) -> None:
    mail = (
        b"From: Kim <kim@customer.example>\nSubject: The till hangs\nMessage-ID: <1@c.example>\n\nSince noon."
    )
    first, second = desk.raw(mail), desk.raw(mail)
    assert first is not None
    assert first.verdict == "opened"
    assert second is None
    (found,) = desk.store.read(requests)
    assert (found.title, found.service, found.requester, found.requester_name, found.source) == (
        "The till hangs", "orders", "kim@customer.example", "Kim", "mail",
    )  # fmt: skip
    assert found.text == "Since noon."
    (kept,) = desk.store.read(received_mails)
    assert (kept.verdict, kept.about) == ("opened", Subject("request", str(found.id)))
    entry = desk.store.read(journal.of_subject, Subject("mail", "1"))[-1]
    assert sentence(entry) == f"ML-1 from kim@customer.example: The till hangs (opened R-{found.id})"


def test_an_answer_is_added_to_the_request_it_answers(desk: Desk) -> None:
    number = desk.opened()
    taken = desk.take(
        "Any news?", Subject="Re: something else", In_Reply_To=f"<wf.request-{number}.0@acme.example>"
    )
    assert taken == ("added", Subject("request", str(number)), "")
    assert len(desk.store.read(requests)) == 1
    assert desk.store.read(journal.of_subject, commands.subject(number))[-1].note == "Any news?"


def test_the_tag_in_the_subject_line_is_the_second_way(desk: Desk) -> None:
    number = desk.opened()
    taken = desk.take("Any news?", Subject=f"Re: AW: [acme R-{number}] Received: The till hangs")
    assert taken == ("added", Subject("request", str(number)), "")


def test_another_houses_tag_is_none(desk: Desk) -> None:
    number = desk.opened()
    assert desk.opened(Subject=f"Re: [other R-{number}] x") != number


def test_an_answer_to_ones_own_first_mail_finds_it(desk: Desk) -> None:
    number = desk.opened()
    taken = desk.take("And one more thing.", References="<1@customer.example>")
    assert taken == ("added", Subject("request", str(number)), "")


def test_what_waited_for_the_customer_goes_on_and_what_was_over_is_opened_again(
    desk: Desk, ada: Author
) -> None:
    number = desk.opened()
    desk.store.write(ada, commands.take_request, number)
    desk.store.write(ada, commands.wait_for, number, WaitingFor.CUSTOMER, "which till?")
    desk.take("The left one.", Subject=f"[acme R-{number}]")
    assert desk.store.read(one_request, number).state is RequestState.IN_PROGRESS
    desk.store.write(ada, commands.deliver_request, number, "restarted", BOX)
    desk.store.write(ada, commands.close_request, number, "", BOX)
    desk.take("It hangs again.", Subject=f"[acme R-{number}]")
    assert desk.store.read(one_request, number).state is RequestState.REOPENED


@pytest.mark.parametrize(("days", "verdict"), [(13, "added"), (15, "opened")])
def test_what_closed_long_ago_stays_closed_and_another_follows_it(
    desk: Desk, ada: Author, days: int, verdict: str
) -> None:
    number = desk.opened()
    desk.store.write(ada, commands.cancel_request, number, "Not wanted.", BOX)
    desk.later(days)
    taken = desk.take("It hangs again.", From="kim@customer.example", Subject=f"[acme R-{number}]")
    assert taken is not None
    assert taken.verdict == verdict
    if verdict == "added":
        assert desk.store.read(one_request, number).state is RequestState.REOPENED
        return
    assert taken.reason == f"R-{number} is cancelled and stays so: it follows that one"
    assert desk.store.read(one_request, number).state is RequestState.CANCELLED
    (link,) = desk.store.read(links_of, Subject("request", str(number)))
    assert (link.words, link.other) == ("followed by", taken.about)
    assert "request.linked_from" in desk.kinds(number)


def test_a_mailbox_says_for_how_long_an_answer_opens_again(desk: Desk, ada: Author) -> None:
    number = desk.opened()
    desk.store.write(ada, commands.cancel_request, number, "Not wanted.", BOX)
    desk.later(0.1)
    taken = desk.take(Subject=f"[acme R-{number}]", box=replace(SUPPORT, reopens_s=3600.0))
    assert taken is not None
    assert taken.verdict == "opened"


def test_an_answer_to_a_refusal_goes_through_the_gate_anew(desk: Desk, ada: Author) -> None:
    number = desk.opened()
    desk.store.write(ada, commands.refuse_request, number, "Not covered.", BOX)
    taken = desk.take("But I need it.", Subject=f"[acme R-{number}]")
    assert taken is not None
    assert (taken.verdict, taken.about) == ("opened", Subject("request", str(number + 1)))
    assert desk.store.read(one_request, number).state is RequestState.REFUSED


def test_an_answer_follows_a_merge(desk: Desk) -> None:
    first, second = desk.opened(), desk.opened(Subject="Again")
    desk.store.write(AGENT, merge, second, first)
    taken = desk.take("Any news?", Subject=f"[acme R-{second}]")
    assert taken == ("added", Subject("request", str(first)), "")


def test_who_asked_for_what_was_merged_adds_to_where_it_went(desk: Desk, ada: Author) -> None:
    first, second = desk.opened(), desk.opened(From="kim@gmail.com", Subject="Again")
    desk.store.write(ada, merge_request, second, first, "the same", BOX)
    taken = desk.take("Any news?", From="kim@gmail.com", Subject=f"[acme R-{first}]")
    assert taken == ("added", Subject("request", str(first)), "")
    stranger = desk.take("Me too.", From="eve@gmail.com", Subject=f"[acme R-{first}]")
    assert stranger is not None
    assert stranger.verdict == "opened"


def test_a_merge_in_a_circle_ends(desk: Desk) -> None:
    first, second = desk.opened(), desk.opened(Subject="Again")
    desk.store.write(AGENT, merge, second, first)
    desk.store.write(AGENT, merge, first, second)
    taken = desk.take("Any news?", Subject=f"[acme R-{second}]")
    assert taken is not None
    assert taken.verdict == "opened"


def merge(work: Any, number: int, into: int) -> None:
    from core.desk.requests.tables import request
    from core.store.rows import revise, row_of

    row = row_of(work, request, "request", number)
    after = {"state": "merged", "merged_into": into}
    revise(work, request, row, "request.closed", after, subject=commands.subject(number))


def test_a_colleague_may_add_and_a_stranger_opens_one_of_their_own(desk: Desk) -> None:
    number = desk.opened()
    taken = desk.take("Me too.", From="lee@customer.example", Subject=f"[acme R-{number}]")
    assert taken == ("added", Subject("request", str(number)), "")
    assert (
        desk.store.read(journal.of_subject, commands.subject(number))[-1].note
        == "lee@customer.example:\nMe too."
    )
    other = desk.take("Let me in.", From="eve@evil.example", Subject=f"[acme R-{number}]")
    assert other is not None
    assert (other.verdict, other.about != Subject("request", str(number))) == ("opened", True)


def test_nobody_of_a_public_domain_adds_to_anothers_request(desk: Desk) -> None:
    number = desk.opened(From="kim@gmail.com")
    taken = desk.take("x", From="eve@gmail.com", Subject=f"[acme R-{number}]")
    assert taken is not None
    assert taken.about != Subject("request", str(number))


def test_who_was_written_to_may_add(desk: Desk, ada: Author) -> None:
    number = desk.store.write(ada, incidents.open_incident, "web", "orders", "web is down", 2, BOX).id
    said: dict[str, Any] = {"purpose": "update", "channel": "mail", "title": "t", "body": "b"}
    about = Subject("incident", str(number))
    desk.store.write(
        ada, partial(outbox.queue, subject=about, recipient="boss@customer.example", key="k", **said)
    )
    taken = desk.take(
        "Thanks.", From="boss@customer.example", In_Reply_To=f"<wf.incident-{number}.1@acme.example>"
    )
    assert taken == ("added", about, "")
    assert desk.store.read(journal.of_subject, about)[-1].note == "boss@customer.example:\nThanks."


def test_what_is_forged_does_nothing_and_is_not_answered(desk: Desk) -> None:
    number = desk.opened()
    said = "mx.acme.example; dmarc=fail header.from=customer.example"
    taken = desk.take("Cancel it.", Subject=f"[acme R-{number}]", Authentication_Results=said)
    assert taken is not None
    assert taken.verdict == "refused"
    assert "not from kim@customer.example" in taken.reason
    assert desk.kinds(number)[-1] == "request.opened"
    assert desk.store.read(messages_of, Subject("mail", "2")) == []
    assert desk.store.read(received_mails)[0].verified == "forged"


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X_Watchfloor_Loop": "support@acme.example"},
        {"From": "support@acme.example"},
        {"From": "bare@acme.example"},
        {"From": "MAILER-DAEMON@mx.example"},
        {"Return_Path": "<>"},
    ],
)
def test_no_program_opens_or_is_answered(desk: Desk, headers: dict[str, Any]) -> None:
    number = desk.opened()
    taken = desk.take("I am away.", **headers)
    assert taken is not None
    assert taken.verdict in {"ignored", "bounce"}
    assert taken.reason
    assert len(desk.store.read(requests)) == 1
    again = desk.take("I am away.", **headers, Subject=f"[acme R-{number}]")
    assert again is not None
    assert again.about == Subject("request", str(number))
    assert desk.kinds(number)[-1] == "request.opened"


def test_a_bounce_makes_its_message_undelivered(desk: Desk, ada: Author) -> None:
    for _ in range(7):
        number = desk.store.write(ada, incidents.open_incident, "web", "orders", "web is down", 2, BOX).id
    said: dict[str, Any] = {
        "purpose": "update",
        "channel": "mail",
        "title": "t",
        "body": "b",
        "recipient": "kim@customer.example",
    }
    about = Subject("incident", str(number))
    for key in range(12):
        desk.store.write(ada, partial(outbox.queue, subject=about, key=str(key), **said))
    desk.store.write(AGENT, outbox.hand_over, desk.token, 12)
    desk.store.write(AGENT, outbox.note_sent, desk.token, 12)
    assert (number, desk.store.read(messages_of, about)[-1].state) == (7, "sent")
    taken = desk.raw(REPORT)
    assert taken == ("bounce", about, "it is a report of delivery")
    last = desk.store.read(messages_of, about)[-1]
    assert (last.state, last.trouble) == ("undelivered", "came back: Undelivered Mail Returned to Sender")


def test_a_mailbox_without_a_service_refuses_and_says_so_once_a_day(desk: Desk) -> None:
    for _ in range(3):
        taken = desk.take(box=BARE)
        assert taken is not None
        assert taken.verdict == "refused"
    answers = [m for n in (1, 2, 3) for m in desk.store.read(messages_of, Subject("mail", str(n)))]
    assert [(m.recipient, m.channel, m.purpose) for m in answers] == [
        ("kim@customer.example", "mail:bare", "refused")
    ]
    assert "no service is declared" in answers[0].body
    desk.clock.now += timedelta(days=1)
    desk.token = desk.store.write(AGENT, take_lease, outbox.DUTY, "again", over=desk.store.read(_lease))
    desk.take(box=BARE)
    assert len(desk.store.read(messages_of, Subject("mail", "4"))) == 1


def _lease(connection: Any) -> Any:
    from core.store.lease import lease_of

    return lease_of(connection, outbox.DUTY)


def test_who_runs_wild_is_stopped(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MOST_NEW", 3)
    verdicts = [taken.verdict for n in range(6) if (taken := desk.take(Subject=f"number {n}"))]
    assert verdicts == ["opened"] * 3 + ["refused"] * 3
    other = desk.take(From="lee@customer.example")
    assert other is not None
    assert other.verdict == "opened"


def test_the_same_mail_through_two_mailboxes_opens_one(desk: Desk) -> None:
    mail = b"From: kim@customer.example\nSubject: x\nMessage-ID: <same@c.example>\n\nhello"
    first = desk.raw(b"Received: by one\n" + mail)
    second = desk.raw(b"Received: by two\n" + mail)
    assert (first and first.verdict, second and second.verdict) == ("opened", "again")


def test_a_survey_is_answered_by_one_click(desk: Desk, ada: Author) -> None:
    number = desk.opened()
    token = desk.store.write(ada, ask, number)
    assert token is not None
    wrong = desk.take("", Subject=f"R-{number} score 1 {'a' * len(token)}")
    assert wrong is not None
    assert (wrong.verdict, wrong.reason) == ("refused", f"that is no answer for R-{number}")
    taken = desk.take("\n", Subject=f"R-{number} score 5 {token}")
    assert taken == ("answered", Subject("request", str(number)), "")
    asked = desk.store.read(survey_of, number)
    assert asked is not None
    assert (asked.score, asked.via, asked.comment) == (5, "mail", "")
    again = desk.take("I meant 1.", Subject=f"R-{number} score 1 {token}")
    assert again is not None
    assert (again.verdict, again.reason) == ("refused", f"R-{number} was answered already: 5")


def test_what_is_written_into_an_answer_is_its_comment_and_a_low_one_asks_for_an_action(
    desk: Desk, ada: Author
) -> None:
    number = desk.opened()
    token = desk.store.write(ada, ask, number)
    desk.take("It took a week.\n\n-- \nKim", Subject=f"R-{number} score 1 {token}")
    asked = desk.store.read(survey_of, number)
    assert asked is not None
    assert (asked.score, asked.comment) == (1, "It took a week.")
    assert asked.action is not None
    action = desk.store.read(one_action, asked.action)
    assert action.deviation == f"R-{number}: its requester answered 1 of 5 (csat): It took a week."


def test_an_answer_that_comes_too_late_is_refused_with_words_of_its_own(desk: Desk, ada: Author) -> None:
    number = desk.opened()
    token = desk.store.write(ada, ask, number)
    desk.later(15)
    taken = desk.take("x", Subject=f"R-{number} score 5 {token}")
    assert taken is not None
    assert taken.verdict == "refused"
    assert "could be answered until" in taken.reason
    (answer,) = desk.store.read(messages_of, Subject("mail", "2"))
    assert (answer.purpose, answer.title) == ("answer-refused", "Not counted: your answer")
    assert taken.reason in answer.body


def test_what_was_attached_is_named(desk: Desk) -> None:
    mail = (
        b"From: kim@customer.example\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=cut\n\n--cut\n\nsee it\n"
        b"--cut\nContent-Type: image/png; name=a.png\n\n" + b"x" * 5000 + b"\n--cut--\n"
    )
    taken = desk.raw(mail)
    assert taken is not None
    assert taken.about is not None
    assert desk.store.read(one_request, int(taken.about.id)).text == "see it\n\nAttached: a.png (5 kB)"


def test_what_cannot_be_taken_in_is_put_aside_with_its_reason(desk: Desk) -> None:
    mail = read_mail(b"From: kim@customer.example\nSubject: x\n\nhello")
    desk.store.write(AGENT, receiving.put_aside, desk.token, SUPPORT, mail, "the disk says no")
    desk.store.write(AGENT, receiving.put_aside, desk.token, SUPPORT, mail, "the disk says no")
    (kept,) = desk.store.read(received_mails)
    assert (kept.verdict, kept.reason) == ("put aside", "the disk says no")
