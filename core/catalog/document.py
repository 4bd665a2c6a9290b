"""A TOML text as a document, or the words for why it is none.

The standard library's reader takes time by the square of a key's parts, and tells the interpreter's
limits in the interpreter's words: both are met here, once for catalog files and for front matters.
"""

from __future__ import annotations

import re
import tomllib
from ast import literal_eval
from typing import Any

from core.catalog.bounds import MOST_KEY_PARTS
from core.catalog.positions import line_of_long_key, line_of_long_number
from core.catalog.quoting import short

_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_TWICE = re.compile(r"(Cannot (?:declare|mutate immutable namespace|redefine namespace)) (\(.*\))( twice)?")
_LONE_RETURN = re.compile(r"\r(?!\n)")
_MARK = "\ufeff"  # the byte order mark


class NotADocument(Exception):
    """A text is no TOML document: `what` and `next_step` say why, `line` where (from 1; 0 for the whole)."""

    def __init__(self, line: int, what: str, next_step: str) -> None:
        super().__init__(what)
        self.line = line
        self.what = what
        self.next_step = next_step


def parse_document(text: str) -> dict[str, Any]:
    """Returns the document that `text` writes, with line ends LF or CRLF; raises NotADocument."""
    line = line_of_long_key(text, MOST_KEY_PARTS)
    if line:
        raise NotADocument(line, f"has a key of more than {MOST_KEY_PARTS} parts", "Write fewer dots")
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise NotADocument(0, "nests too deep to be read", "Write fewer brackets in one another") from error
    except ValueError as error:
        raise _refusal(str(error), text) from error


def _refusal(message: str, text: str) -> NotADocument:
    """Returns the words for what the parser says, after looking for what it cannot name."""
    if "\0" in text:
        return NotADocument(
            _line_at(text, text.index("\0")), "holds a NUL byte: it is not a text", "Write the file anew"
        )
    lone = _LONE_RETURN.search(text)
    if lone is not None:
        what = "holds a carriage return without a line feed, which ends no line"
        return NotADocument(_line_at(text, lone.start()), what, "Save the file with line ends LF or CRLF")
    if "int_max_str_digits" in message:  # the interpreter's own advice is not for the writer of a catalog
        line = line_of_long_number(text)
        return NotADocument(line, "holds a number of thousands of digits", "Write a shorter number")
    place = _AT_LINE.search(message)
    message = _plain(_AT_LINE.sub("", message))
    what = f"is not TOML: {message[:1].lower()}{message[1:]}"
    if place is None:
        return NotADocument(0, what, "Correct the file")
    if place.group(1) is None:
        return NotADocument(text.count("\n") + 1, f"{what}, at the end of the file", "Close what is open")
    line = int(place.group(1))
    if _MARK in text.split("\n", line)[line - 1]:
        what = "holds a byte order mark (U+FEFF) in its midst, which an editor does not show"
        return NotADocument(line, what, "Write the line anew")
    return NotADocument(line, f"{what}, at character {place.group(2)}", "Correct this line")


def _plain(message: str) -> str:
    """Returns the parser's message with a key as it is written: the parser shows it as ('a', 'b')."""
    found = _TWICE.fullmatch(message)
    if found is None:
        return message
    return f'{found[1]} "{short(".".join(literal_eval(found[2])))}"{found[3] or ""}'


def _line_at(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1
