"""A letter is threaded by what its identifiers say, and nothing that a text holds becomes a header."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

import pytest

from core.catalog.mail import Mailbox
from core.desk.mail.letters import LOOP, ids_in, item_in_id, letter, mailbox_for, own_id
from core.desk.messages.model import Message, MessageState, checked_address
from core.errors import BadInput
from core.journal.model import Subject

if TYPE_CHECKING:
    from email.message import EmailMessage

AT = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
BOX = Mailbox("support", "support@acme.example", "Acme Support ☎", "acme", smtp_host="mail.acme.example")
ABOUT = Subject("incident", "7")


def message(**other: object) -> Message:
    said: dict[str, object] = {
        "id": 12, "version": 1, "about": ABOUT, "purpose": "receipt", "channel": "mail",
        "recipient": "kim@customer.example", "title": "Bestellung hängt", "body": "Grüße\n.\nzweite Zeile",
        "state": MessageState.WAITING, "attempts": 0, "created_at": AT, "next_at": AT, "sent_at": None, "trouble": "",
    }  # fmt: skip
    return Message(**{**said, **other})  # type: ignore[arg-type]


def text(mail: EmailMessage) -> str:
    held: str = mail.get_content()
    return held.replace("\r\n", "\n")


def test_what_goes_out_is_read_back_as_it_was_written() -> None:
    made = letter(message(), BOX)
    mail = message_from_bytes(made.as_email(AT).as_bytes(), policy=default)
    assert mail["Subject"] == "[acme I-7] Bestellung hängt"
    assert mail["From"] == "Acme Support ☎ <support@acme.example>"
    assert (mail["To"], mail["Reply-To"]) == ("kim@customer.example", "support@acme.example")
    assert mail["Message-ID"] == "<wf.incident-7.12@acme.example>"
    assert mail["References"] == "<wf.incident-7.0@acme.example>"
    assert mail["In-Reply-To"] is None
    assert (mail["Auto-Submitted"], mail[LOOP]) == ("auto-generated", "support@acme.example")
    assert text(mail) == "Grüße\n.\nzweite Zeile\n"


def test_what_a_person_wrote_is_not_marked_as_automatic() -> None:
    mail = letter(message(purpose="reply"), BOX).as_email(AT)
    assert mail["Auto-Submitted"] is None
    assert mail[LOOP] == "support@acme.example"


def test_one_item_is_one_thread() -> None:
    earlier = ["<a@customer.example>", "<wf.incident-7.3@acme.example>", "<b@customer.example>"]
    made = letter(message(), BOX, earlier)
    assert made.references == ("<wf.incident-7.0@acme.example>", *earlier)
    assert made.answers == "<b@customer.example>"


def test_a_long_thread_names_its_beginning_and_its_end() -> None:
    made = letter(message(), BOX, [f"<{n}@customer.example>" for n in range(500)])
    assert len(made.references) == 10
    assert made.references[:2] == ("<wf.incident-7.0@acme.example>", "<0@customer.example>")
    assert made.references[-1] == made.answers == "<499@customer.example>"


@pytest.mark.parametrize(
    "bad", ["<a@b>\r\nBcc: <x@y>", "<a b@c>", "nothing", "<" + "a" * 300 + "@b>", "<\ufffd@b>", "<ä@b>", ""]
)
def test_no_identifier_from_outside_becomes_another_header(bad: str) -> None:
    made = letter(message(), BOX, [bad])
    assert made.references == ("<wf.incident-7.0@acme.example>",)


@pytest.mark.parametrize("field", ["title", "recipient"])
def test_a_line_end_in_a_row_changed_by_hand_makes_no_header(field: str) -> None:
    try:
        data = letter(message(**{field: "x@y.example\r\nBcc: evil@z.example"}), BOX).as_email(AT).as_bytes()
    except ValueError:
        return
    assert message_from_bytes(data, policy=default)["Bcc"] is None


def test_lines_of_any_length_go_out_in_lines_that_servers_take() -> None:
    data = letter(message(body="ä" * 5000 + "\n" + "b" * 5000), BOX).as_email(AT).as_bytes()
    assert max(len(line) for line in data.split(b"\r\n")) <= 998
    assert text(message_from_bytes(data, policy=default)) == "ä" * 5000 + "\n" + "b" * 5000 + "\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<wf.incident-7.12@acme.example>", (ABOUT, 12)),
        ("<WF.Incident-007.0@ACME.example>", (ABOUT, 0)),
        ("<wf.incident-7.12@evil.example>", None),
        ("<wf.incident-7.12@acme.example", None),
        ("<wf.incident--7.12@acme.example>", None),
        ("<wf.incident-99999999999.1@acme.example>", None),
        ("", None),
    ],
)
def test_the_own_identifiers_are_parsed_without_looking_them_up(text: str, found: object) -> None:
    assert item_in_id(text, ["acme.example"]) == found


def test_identifiers_in_a_header() -> None:
    assert ids_in("<a@b> junk <c@d>\n\t<e@f> <> <x>") == ["<a@b>", "<c@d>", "<e@f>"]
    assert len(ids_in(" ".join(f"<{n}@b>" for n in range(1000)))) == 100
    assert own_id(ABOUT, 0, "acme.example") == "<wf.incident-7.0@acme.example>"


def test_the_mailbox_that_names_the_service_carries_it() -> None:
    orders = Mailbox("orders", "o@acme.example", services=("orders",), smtp_host="m")
    reads = Mailbox("reads", "r@acme.example", services=("orders",), maildir="/m")
    assert mailbox_for("orders", [reads, BOX, orders]) is orders
    assert mailbox_for("shop", [reads, orders, BOX]) is BOX
    assert mailbox_for("shop", [orders]) is None


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Kim@Customer.Example", "Kim@customer.example"),
        (" a+b@c ", "a+b@c"),
        ("kim@bücher.example", "kim@xn--bcher-kva.example"),
        ("o'brien@x.example", "o'brien@x.example"),
    ],
)
def test_an_address_is_kept_with_its_host_in_small_letters(text: str, kept: str) -> None:
    assert checked_address(text) == kept


@pytest.mark.parametrize(
    "text",
    ["", "@", "a@", "@b", "a b@c", "a@b\n", "a@b\r\nBcc: c@d", "<a@b>", "a@b,c@d", "a..b@c", ".a@c", "a@-b", "a@b..c",
     "a@[127.0.0.1]", '"a b"@c', "a@b>", "a\0@b", "ä@b", "a@" + "b" * 64, "x" * 65 + "@b", "a@" + "b." * 130 + "c"],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    if text == "a@b\n":
        assert checked_address(text) == "a@b"
        return
    with pytest.raises(BadInput):
        checked_address(text)
