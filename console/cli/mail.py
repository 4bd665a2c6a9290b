"""`watchfloor mail`: how the contact with requesters and staff stands, and what a person decides about it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from console.cli.previewing import in_full, letter_data, print_previews
from console.cli.printing import (
    add_consent_arguments,
    add_store_arguments,
    database_of,
    open_store,
    person,
    print_json,
    print_table,
    who,
)
from console.cli.words import number_of, refuse_unused
from console.connections.asking import typed
from console.mail_reading import source_of
from console.mail_secrets import PASSWORD, REACHED_AT, contact_secret, keep_contact_secret
from console.mail_sending import LineTrouble, SmtpLine
from console.staff_sending import service_named
from core.catalog.queries import declared_mailboxes
from core.desk.messages import outbox
from core.desk.messages.contact import previews
from core.desk.messages.model import STAFF, checked_recipient
from core.desk.messages.queries import (
    dead_letters,
    letter_of,
    messages_of,
    one_message,
    received_mails,
    waiting_messages,
)
from core.desk.messages.standing import outbox as standing_of
from core.desk.messages.texts import PURPOSES
from core.desk.requests.queries import one_request
from core.errors import BadInput, NotFound, Unavailable
from core.gate.model import Consent, Level
from core.journal.wording import label, subject_called
from core.printable import printable
from core.store.lease import lease_of
from core.timekeeping import age, utc_now

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from core.catalog.mail import Mailbox
    from core.desk.messages.model import Message
    from core.store.store import Store

VERBS = ("dead", "retry", "drop", "test", "preview", "password", "reach", "received", "of")
WORDS = ("text", "purpose", "file", "yes", "confirm", "reason")
TAKES = {
    "retry": ("yes", "confirm", "reason"), "drop": ("text", "yes", "confirm", "reason"), "preview": ("text", "purpose"),
    "password": ("file",), "reach": ("file",),
}  # fmt: skip
"""Which of WORDS go with a verb; the others take none."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `mail`."""
    add_store_arguments(parser)
    parser.add_argument(
        "verb", nargs="?", choices=VERBS, metavar="VERB",
        help="dead (letters), retry M-3, drop M-3, test MAILBOX, preview R-7, I-7 or M-3, password MAILBOX, reach NAME, received, of R-7; "
        "nothing prints how it stands",
    )  # fmt: skip
    parser.add_argument("name", nargs="?", default="", help="which message, mailbox, request or person")
    parser.add_argument("--text", default="", help="with drop: why; with preview: what would be told")
    parser.add_argument("--purpose", default="", choices=list(PURPOSES), help="with preview: what it is for")
    parser.add_argument(
        "--file", action="store_true", help="keep the secret in a file for you alone, not in the keyring"
    )
    add_consent_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Prints how the contact stands, or does the verb."""
    verb = options.verb or ""
    refuse_unused(options, WORDS, TAKES.get(verb, ()), verb or "mail without a verb")
    if bool(options.name) != (verb not in {"", "dead", "received"}):
        raise BadInput(
            f"mail {verb} was given {'a' if options.name else 'no'} name",
            next_step="`watchfloor mail --help` tells what it takes",
        )
    if verb in {"password", "reach"}:
        return _keep(options, verb)
    with open_store(options) as store:
        if verb in {"retry", "drop"}:
            return _decide(store, options, verb)
        if verb == "test":
            return _test(store, options)
        if verb == "preview":
            return _preview(store, options)
        if verb == "dead":
            return _list(options, store.read(dead_letters), "Nobody has to decide about any message.")
        if verb == "received":
            return _received(store, options)
        if verb == "of":
            about = subject_called(options.name)
            if about is None:
                raise BadInput(
                    f"{printable(options.name, 40)} names no item", next_step="Write it as R-7 or I-7"
                )
            return _list(options, store.read(messages_of, about), "Nothing was written about it.")
        return _standing(store, options)


def _standing(store: Store, options: argparse.Namespace) -> int:
    """Prints the mailboxes, the oldest unsent message, and what a person must decide about."""
    boxes, found = store.read(declared_mailboxes), store.read(standing_of)
    held = store.read(lease_of, outbox.DUTY)
    told = held.info if held is not None and not held.is_given_up else {}
    dead, waiting = store.read(dead_letters), store.read(waiting_messages, 20)
    if options.json:
        print_json(
            {
                "mailboxes": [_box_data(box, told) for box in boxes], "waiting": found.waiting, "oldest": found.oldest_at,
                "undelivered": found.undelivered, "unknown": found.unknown, "sender": held.holder_in_words if told and held else None,
                "trouble": told.get("trouble", {}), "dead_letters": [as_data(each) for each in dead],
            }
        )  # fmt: skip
        return 0
    print_table(
        ("MAILBOX", "ADDRESS", "SENDS THROUGH", "READ AT", "LAST READ"),
        [
            (box.id, box.address, f"{box.smtp_host}:{box.smtp_port}" if box.smtp_host else "-", _read_at(box) or "-",
             told.get("read", {}).get(box.id, "-"))
            for box in boxes
        ],
        "No mailbox is declared: nobody is written to. Declare one in the catalog: [[mailbox]]",
    )  # fmt: skip
    if not told:
        print("No agent sends now: what is queued waits.")
    for account, why in told.get("trouble", {}).items():
        print(f"WARNING: {printable(str(account), 80)}: {printable(str(why), 300)}")
    oldest = (
        f", the oldest for {age((utc_now() - found.oldest_at).total_seconds())}" if found.oldest_at else ""
    )
    print(f"{found.waiting} waiting{oldest}; {found.undelivered} undelivered; {found.unknown} unknown")
    if dead or waiting:
        print()
        print_messages([*dead, *waiting], "")
    return 0


def _list(options: argparse.Namespace, found: Sequence[Message], empty: str) -> int:
    if options.json:
        print_json([as_data(each) for each in found])
    else:
        print_messages(found, empty)
    return 0


def print_messages(found: Sequence[Message], empty: str) -> None:
    """Prints a line for each message."""
    print_table(
        ("ID", "STATE", "AGE", "ABOUT", "FOR", "TO", "TITLE", "TROUBLE"),
        [
            (each.label, each.standing, age((utc_now() - each.created_at).total_seconds()), label(*each.about), each.purpose,
             each.recipient, each.title, each.trouble or "-")
            for each in found
        ],
        empty,
    )  # fmt: skip


def as_data(message: Message) -> dict[str, Any]:
    """Returns a message as JSON holds it."""
    return {
        "id": message.label, "about": label(*message.about), "purpose": message.purpose, "channel": message.channel,
        "to": message.recipient, "title": message.title, "text": message.body, "state": message.state,
        "standing": message.standing, "attempts": message.attempts, "created_at": message.created_at,
        "next_at": message.next_at, "sent_at": message.sent_at, "trouble": message.trouble,
    }  # fmt: skip


def _box_data(box: Mailbox, told: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": box.id, "address": box.address, "sends_through": f"{box.smtp_host}:{box.smtp_port}" if box.smtp_host else None,
        "read_at": _read_at(box) or None, "services": list(box.services), "last_read": told.get("read", {}).get(box.id),
    }  # fmt: skip


def _read_at(box: Mailbox) -> str:
    return box.maildir or (f"{box.imap_host}:{box.imap_port}" if box.imap_host else "")


def _received(store: Store, options: argparse.Namespace) -> int:
    found = store.read(received_mails)
    if options.json:
        print_json(
            [{**each._asdict(), "about": label(*each.about) if each.about else None} for each in found]
        )
        return 0
    print_table(
        ("ID", "AGE", "BECAME", "ABOUT", "FROM", "VERIFIED", "TITLE", "WHY"),
        [
            (f"ML-{each.id}", age((utc_now() - each.received_at).total_seconds()), each.verdict,
             label(*each.about) if each.about else "-", each.sender or "-", each.verified, each.title, each.reason or "-")
            for each in found
        ],
        "No mail was read yet.",
    )  # fmt: skip
    return 0


def _decide(store: Store, options: argparse.Namespace, verb: str) -> int:
    number = number_of(options.name, "M", "message")
    consent = Consent(Level.BOX if options.yes else Level.UNDOABLE, options.confirm, options.reason)
    if verb == "retry":
        store.write(person(), outbox.retry_message, number, consent)
    else:
        store.write(person(), outbox.drop_message, number, options.text or options.reason, consent)
    return _list(options, [store.read(one_message, number)], "")


def _preview(store: Store, options: argparse.Namespace) -> int:
    """Prints exactly what goes out, to whom, and the thread it lands in."""
    if not options.name.upper().startswith("M-"):
        found = store.read(one_request, number_of(options.name, "R", "request"))
        purpose = options.purpose or "update"
        print_previews(options, store.read(previews, found, purpose, options.text, utc_now(), by=who(store)))
        return 0
    letter = store.read(letter_of, store.read(one_message, number_of(options.name, "M", "message")))
    if options.json:
        print_json(letter_data(letter))
    else:
        print("\n".join(in_full(letter)))
    return 0


def _test(store: Store, options: argparse.Namespace) -> int:
    """Connects to a mailbox's servers, and says what works; nothing is sent, nothing is taken."""
    box = next((each for each in store.read(declared_mailboxes) if each.id == options.name), None)
    if box is None:
        raise NotFound(
            f"there is no mailbox {printable(options.name, 60)}", next_step="`watchfloor mail` lists them"
        )
    password = contact_secret(database_of(options), PASSWORD, box.id) if box.user else None
    answers = {"sending": _tried_sending(box, password), "reading": _tried_reading(box, password)}
    if options.json:
        print_json({name: {"ok": ok, "said": said} for name, (ok, said) in answers.items()})
    else:
        for name, (ok, said) in answers.items():
            print(f"{name}: {'ok' if ok else 'FAILED'}: {said}")
    return 0 if all(ok for ok, _ in answers.values()) else Unavailable.exit_code


def _tried_sending(box: Mailbox, password: str | None) -> tuple[bool, str]:
    if not box.smtp_host:
        return True, "it does not send"
    line = SmtpLine(box, password)
    try:
        return True, f"{line.where} {line.open()}"
    except LineTrouble as error:
        return False, str(error)
    finally:
        line.close()


def _tried_reading(box: Mailbox, password: str | None) -> tuple[bool, str]:
    try:
        source = source_of(box, password)
        if source is None:
            return True, "it is not read"
        count = len(source.look())
        source.close()
    except Unavailable as error:
        return False, str(error)
    return True, f"{_read_at(box)}, {count} to be taken"


def _keep(options: argparse.Namespace, verb: str) -> int:
    """Keeps a mailbox's password, or the address (URL) at which one of the staff is reached."""
    what = "password" if verb == "password" else "URL"
    asks = f"{what} of {printable(options.name, 60)}: "
    said = typed(asks, is_seen=False) if sys.stdin.isatty() else sys.stdin.readline()
    secret = said.rstrip("\r\n")
    if not secret:
        raise BadInput(
            f"no {what} was given", next_step="Nothing was kept. Type it, or give it on standard input"
        )
    kind = PASSWORD if verb == "password" else REACHED_AT
    service = service_named(secret) if verb == "reach" else ""
    where = keep_contact_secret(database_of(options), kind, _name(options.name), secret, in_file=options.file)
    print(f"kept {where}" + (f", a way through {service}" if service else ""))
    return 0


def _name(text: str) -> str:
    return checked_recipient(STAFF, text)
