"""A mail's HTML as text: what a person would read of it, nothing that runs, is loaded, or is hidden as a tag.

It is divided by a scanner of its own, which takes time in proportion to the text whatever that holds: the standard
library's parser takes minutes for a hundred kilobytes that were written for it.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST: Final = 100_000
_LONGEST_TAG: Final = 2000
_MOST_BROKEN: Final = 500
"""After so many beginnings of tags that do not end, what is left is taken as it is written."""
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,30})")
_REST: Final = re.compile(r"(?:[^\"'>]|(?<=[= ])\"[^\"]*\"|(?<=[= ])'[^']*'|(?<![= ])[\"'])*>")
_ATTRIBUTE: Final = re.compile(r"([a-zA-Z:-]{1,40})\s{0,9}=\s{0,9}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
"""So many characters of HTML are looked at; the rest says that it is missing."""
_BREAKS: Final = frozenset(
    {"p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre", "section", "article",
     "blockquote", "dt", "dd", "header", "footer"}
)  # fmt: skip
_UNREAD: Final = frozenset(
    {"script", "style", "head", "title", "template", "noscript", "object", "svg", "math"}
)
_LINKS: Final = ("http://", "https://", "mailto:")
_QUOTES: Final = frozenset({"gmail_quote", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote"})
QUOTED_FROM_HERE: Final = "\n-----Original Message-----\n"
_OUTLOOK: Final = frozenset({"appendonsend", "divrplyfwdmsg"})


def html_text(html: str) -> str:
    """Returns the text of a piece of HTML; quotations are marked with `>`, links are followed by where they lead."""
    reader = _Reader()
    for tag, attributes, data in _pieces(html[:LONGEST]):
        if not tag:
            reader.take(unescape(data))
        elif tag.startswith("/"):
            reader.end(tag[1:])
        else:
            reader.begin(tag, attributes)
    text = reader.text()
    return f"{text}\n[the rest of a very long text was left out]" if len(html) > LONGEST else text


def _pieces(html: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Yields (tag, attributes, text): the tag in small letters, `/tag` where it ends, empty for text."""
    place = begin = broken = 0
    has_end = True  # whether a comment that begins can still end
    while (place := html.find("<", place)) >= 0:
        is_comment = html.startswith("<!--", place)
        found = _TAG.match(html, place)
        if is_comment and has_end:
            end = html.find("-->", place + 4) + 3
            has_end = end >= 3
        elif found:
            end = _end_of_tag(html, found.end())
        else:
            end = (
                html.find(">", place, place + _LONGEST_TAG) + 1
                if html[place + 1 : place + 2] in {"!", "?"}
                else 0
            )
        if end <= place:
            place += 1
            broken += 1
            if broken > _MOST_BROKEN:
                break
            continue
        if begin < place:
            yield "", {}, html[begin:place]
        if found:
            named = {
                each[1].lower(): unescape(each[2] or each[3] or each[4] or "")
                for each in _ATTRIBUTE.finditer(html[found.end() : end])
            }
            yield found[1] + found[2].lower(), named, ""
        place = begin = end
    if begin < len(html):
        yield "", {}, html[begin:]


def _end_of_tag(html: str, place: int) -> int:
    """Returns where a tag ends, a `>` in quotes being none; 0 where it does not within a tag's length."""
    plain = html.find(">", place, place + _LONGEST_TAG)
    if plain < 0:
        return 0
    found = _REST.match(html, place, place + _LONGEST_TAG)
    return found.end() if found else plain + 1


class _Reader:
    def __init__(self) -> None:
        self._lines: list[str] = [""]
        self._quotes = self._unread = 0
        self._is_kept = False  # inside <pre>
        self._link = ""

    def begin(self, tag: str, given: dict[str, str]) -> None:
        """Begins a tag."""
        if tag in _UNREAD:
            self._unread += 1
        elif given.get("id", "").lower() in _OUTLOOK or _QUOTES.intersection(
            given.get("class", "").lower().split()
        ):
            self._lines += [QUOTED_FROM_HERE.strip(), ""]
        if tag in _BREAKS:
            self._break()
        if tag == "blockquote":
            self._quotes += 1
        elif tag == "pre":
            self._is_kept = True
        elif tag == "li":
            self._lines[-1] += "- "
        elif tag == "a":
            link = given.get("href", "").strip()
            self._link = link if link.lower().startswith(_LINKS) else ""
        elif tag == "img" and not self._unread and given.get("alt", "").strip():
            self._lines[-1] += f"[{given['alt'].strip()}]"
        elif tag in {"td", "th"} and self._lines[-1].strip():
            self._lines[-1] += " "

    def end(self, tag: str) -> None:
        """Ends a tag; one that was never begun ends nothing."""
        if tag in _UNREAD:
            self._unread = max(self._unread - 1, 0)
        elif tag == "blockquote":
            self._break()
            self._quotes = max(self._quotes - 1, 0)
        elif tag == "pre":
            self._is_kept = False
        elif tag == "a" and self._link:
            shown = self._lines[-1].rstrip()
            if not shown.endswith(self._link.removeprefix("mailto:")):
                self._lines[-1] = f"{shown} ({self._link})"
            self._link = ""
        if tag in _BREAKS and tag != "br":
            self._break()

    def take(self, data: str) -> None:
        """Takes text."""
        if self._unread:
            return
        pieces = data.split("\n") if self._is_kept else [_joined(data)]
        for number, piece in enumerate(pieces):
            if number:
                self._lines.append("")
            line = self._lines[-1]
            if not line and self._quotes:
                line = "> " * self._quotes
            if not self._is_kept and (not line or line.endswith(" ")):
                piece = piece.lstrip(" ")  # noqa: PLW2901 – blanks at a line's beginning mean nothing in HTML
            self._lines[-1] = line + piece if piece or line.strip("> ") else self._lines[-1]

    def text(self) -> str:
        """Returns what was read, with at most one empty line between two others."""
        found: list[str] = []
        for line in (each.rstrip() for each in self._lines):
            if line or (found and found[-1]):
                found.append(line)
        return "\n".join(found).strip("\n")

    def _break(self) -> None:
        if self._lines[-1]:
            self._lines.append("")


def _joined(data: str) -> str:
    """Returns text with every run of blanks as one, as HTML means it."""
    words = " ".join(data.split())
    if not words:
        return " " if data else ""
    return (" " if data[0].isspace() else "") + words + (" " if data[-1].isspace() else "")
