"""What would go out, printed: to whom, why to them, the thread it lands in, and every word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.cli.printing import print_json
from core.counting import counted
from core.journal.wording import label
from core.printable import printable, printable_lines

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from core.desk.mail.letters import Letter
    from core.desk.messages.contact import Preview


def print_previews(options: argparse.Namespace, found: Sequence[Preview]) -> None:
    """Prints each message that would go out, whole; nothing is sent."""
    if options.json:
        print_json([as_data(each) for each in found])
        return
    print(f"{counted(len(found), 'message')} would go out. Nothing was sent.")
    for each in found:
        print()
        print("\n".join(lines_of(each)))


def as_data(preview: Preview) -> dict[str, Any]:
    """Returns a preview as JSON holds it."""
    going = preview.going
    letter = {} if preview.letter is None else letter_data(preview.letter)
    return {
        "to": going.recipient, "why": going.why, "about": label(*going.about), "purpose": going.purpose, "channel": going.channel,
        "title": preview.text.title, "text": preview.text.body, "letter": letter or None,
    }  # fmt: skip


def letter_data(letter: Letter) -> dict[str, Any]:
    """Returns a letter as JSON holds it."""
    return {name: getattr(letter, name) for name in letter.__slots__}


def lines_of(preview: Preview) -> list[str]:
    """Returns a preview as lines: of a letter all that people look at, else to whom of the staff and what they read."""
    why = f"told      as {preview.going.why}"
    if preview.letter is not None:
        return [why, *in_full(preview.letter)]
    return [
        why, f"to        {printable(preview.going.recipient)}, one of the staff, where they are reached",
        f"about     {label(*preview.going.about)}", f"subject   {printable(preview.text.title)}", "",
        printable_lines(preview.text.body),
    ]  # fmt: skip


def in_full(letter: Letter) -> list[str]:
    """Returns a letter as it goes out, a line for each header that people look at."""
    sender = f"{letter.name} <{letter.sender}>" if letter.name else letter.sender
    return [
        f"through   {letter.mailbox}", f"from      {sender}", f"to        {letter.recipient}", f"subject   {letter.subject}",
        f"thread    {' '.join(letter.references)}", f"answers   {letter.answers or '-'}", f"number    {letter.message_id}",
        f"marked    {'as sent by a program' if letter.is_automatic else 'as written by a person'}", "",
        printable_lines(letter.body),
    ]  # fmt: skip
