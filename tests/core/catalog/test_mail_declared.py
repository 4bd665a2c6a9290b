"""Mailboxes and the texts sent through them: every mistake is found when the file is read, at its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.catalog.codec import decode, encode
from core.catalog.mail import Mailbox, MessageText
from core.catalog.reader import read_catalog
from tests.core.catalog.written import problems

if TYPE_CHECKING:
    from pathlib import Path

HOUSE = '[[service]]\nid = "orders"\n[[customer]]\nid = "acme"\n[[agreement]]\nid = "gold"\ncustomer = "acme"\nservices = ["orders"]\n'
BOX = '[[mailbox]]\nid = "support"\naddress = "support@acme.example"\n'


def test_what_is_not_said_follows_from_what_is(tmp_path: Path) -> None:
    text = BOX + 'smtp_host = "mail.acme.example"\nsmtp_security = "tls"\nservices = ["orders"]\n'
    text += '[[template]]\nid = "r"\npurpose = "receipt"\nagreement = "gold"\ntitle = "Got $title"\nbody = "$$5"\n'
    assert problems(tmp_path, HOUSE + text) == []
    catalog = read_catalog(tmp_path).catalog
    assert catalog is not None
    box = catalog.mailboxes["support"]
    assert (box.smtp_port, box.tag, box.domain) == (465, "support", "acme.example")
    assert decode(Mailbox, encode(box)) == box
    assert decode(MessageText, encode(catalog.texts["r"])) == catalog.texts["r"]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (BOX, 10, "neither sends nor reads"),
        (BOX + 'imap_host = "m"\nuser = "u"\nmaildir = "/m"', 14, "read in two places"),
        (BOX + 'imap_host = "m"', 12, "without a user"),
        (BOX + 'smtp_host = "m"\nuser = "u"\nsmtp_security = "none"', 14, "in the clear"),
        (BOX + 'imap_host = "m"\nuser = "u"\nimap_security = "none"', 14, "in the clear"),
        (BOX + 'smtp_host = "m"\nsmtp_port = 70000', 13, "65535"),
        (BOX + 'smtp_host = "m"\ntag = "a]b"', 13, "bracket"),
        (BOX + 'maildir = "mail/support"', 12, "not a path from the root"),
        (BOX + 'maildir = "/m"\nservices = ["order"]', 13, 'no service "order"'),
        (BOX + 'maildir = "/m"\npassword = "secret"', 13, "password"),
        ('[[mailbox]]\nid = "s"\naddress = "support at acme"\nmaildir = "/m"', 11, "not an e-mail address"),
        (BOX + 'maildir = "/m"\n' + BOX.replace('"support"', '"two"') + 'maildir = "/n"', 15, "has a mailbox already"),
        ('[[template]]\nid = "r"\npurpose = "greeting"\ntitle = "t"\nbody = "b"', 11, "no text for"),
        ('[[template]]\nid = "r"\npurpose = "receipt"\ntitle = "$nothing"\nbody = "b"', 12, "names $nothing"),
        ('[[template]]\nid = "r"\npurpose = "receipt"\ntitle = "t"\nbody = "5 $"', 13, "begins no field"),
        ('[[template]]\nid = "r"\npurpose = "receipt"\nagreement = "silver"\ntitle = "t"\nbody = "b"', 12, "no agreement"),
    ],
)  # fmt: skip
def test_every_mistake_has_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    (found,) = problems(tmp_path, HOUSE + text)
    assert found.startswith(f"a.toml:{line}: ")
    assert words in found


def test_a_purpose_has_one_text_for_an_agreement(tmp_path: Path) -> None:
    one = '[[template]]\nid = "{}"\npurpose = "closed"\nagreement = "{}"\ntitle = "t"\nbody = "b"\n'
    text = one.format("a", "gold") + one.format("b", "") + one.format("c", "gold")
    (found,) = problems(tmp_path, HOUSE + text)
    assert found.startswith("a.toml:23: ")
    assert '"closed" of agreement "gold" has a text already' in found
