"""Reads a filter as it is typed. Pure, and never at a loss: what cannot be read is left out, with its place and why.

filter   = parts joined by `or`; a part is every term up to there
term     = [-] ( filter ) | [-] "words in quotes" | [-] word | [-] @name | [-] field op value[,value …]
op       = :  =  <  <=  >  >=
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.desk.finding.fields import BOTH, NAMED, Kind
from core.desk.finding.problems import Parsed, Problem
from core.desk.finding.tree import EVERYTHING, ME, All, Either, Label, Name, Not, Op, Said
from core.desk.finding.values import Given, Wrong, ascii_lower, term_of
from core.desk.finding.words import folded

if TYPE_CHECKING:
    from core.desk.finding.tree import Tree

MOST = 2000
"""So many letters of a filter are read."""
DEEPEST = 20
_FIELD = re.compile(r"([A-Za-z][A-Za-z_]*)(<=|>=|[:=<>])")
_LABEL = re.compile(r"([RIri])-(\d{1,9})")
_BARE_END = frozenset(' ()"')
_VALUE_END = frozenset(' (),"')


def parse(text: str, kinds: frozenset[Kind] = BOTH) -> Parsed:
    """Returns a filter as a tree, for items of these kinds, with a problem for each part that is left out.

    Never raises. What is typed half is left out as well, and said to be open.
    """
    reader = _Reader(text[:MOST], kinds)
    if len(text) > MOST:
        reader.wrong(MOST, len(text) - MOST, f"a filter has at most {MOST} letters", "Say less")
    tree = reader.whole()
    return Parsed(tree, tuple(sorted(reader.problems, key=lambda problem: problem.at)))


class _Reader:
    def __init__(self, text: str, kinds: frozenset[Kind]) -> None:
        # Whatever no keyboard types stands for a space: no database is given letters it cannot hold.
        self.text = "".join(letter if letter.isprintable() else " " for letter in text)
        self.kinds, self.at, self.depth = kinds, 0, 0
        self.problems: list[Problem] = []

    def wrong(self, at: int, length: int, what: str, step: str = "", *, is_open: bool = False) -> None:
        self.problems.append(Problem(at, length, what, step, is_open))

    def whole(self) -> Tree:
        found: list[Tree] = []
        while True:
            found.append(self.either())
            if self.at >= len(self.text):
                return _all([part for part in found if part != EVERYTHING])
            self.wrong(self.at, 1, "this ) closes nothing", "Take it away, or write a ( before")
            self.at += 1

    def either(self) -> Tree:
        """Returns what stands up to the next `)`: parts joined by `or`."""
        parts: list[Tree] = []
        here: list[Tree] = []
        or_at = -1
        while (char := self.peek()) and char != ")":
            begins = self.at
            if self.is_or():
                self.at += 2
                if not here:
                    self.wrong(
                        begins, 2, "or joins two things; before it there is none", 'The word itself is "or"'
                    )
                else:
                    parts.append(_all(here))
                here, or_at = [], begins
            elif (term := self.term()) is not None:
                here.append(term)
        if here:
            parts.append(_all(here))
        elif or_at >= 0 and parts:
            self.wrong(or_at, 2, "or what?", "Write the other thing behind it", is_open=True)
        return _either(parts)

    def peek(self) -> str:
        """Returns the next letter that is no space; none at the end."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.text[self.at : self.at + 1]

    def is_or(self) -> bool:
        here = self.text[self.at : self.at + 3]
        return here[:2].lower() == "or" and (len(here) == 2 or here[2].isspace() or here[2] in "()")

    def term(self) -> Tree | None:
        begins = self.at
        minus = 0
        while self.text[self.at : self.at + 1] in {"-", "!"}:
            minus += 1
            self.at += 1
        if minus and (self.at >= len(self.text) or self.text[self.at].isspace() or self.text[self.at] == ")"):
            is_open = self.at >= len(self.text)
            self.wrong(begins, minus, "not what?", "Write what must not be, without a space", is_open=is_open)
            return None
        found = self.positive()
        if found is None or minus % 2 == 0:
            return found
        return found.part if isinstance(found, Not) else Not(found)

    def positive(self) -> Tree | None:
        char = self.text[self.at]
        if char == "(":
            return self.group()
        if char == '"':
            begins = self.at
            return self.said(begins, self.quoted())
        if char == "@":
            return self.person()
        field = _FIELD.match(self.text, self.at)
        if field:
            return self.field(field)
        begins = self.at
        word = self.until(_BARE_END)
        label = _LABEL.fullmatch(word)
        if label:
            return self.label(begins, label)
        return self.said(begins, word)

    def group(self) -> Tree | None:
        begins = self.at
        self.at += 1
        if self.depth >= DEEPEST:
            self.wrong(begins, 1, f"no more than {DEEPEST} ( are read within each other", "Say it simpler")
            return None
        self.depth += 1
        found = self.either()
        self.depth -= 1
        if self.at < len(self.text):
            self.at += 1  # the )
        else:
            self.wrong(begins, 1, "this ( is not closed yet", "Write ) where it ends", is_open=True)
        return found if found != EVERYTHING else None

    def person(self) -> Tree | None:
        begins = self.at
        self.at += 1
        name = ascii_lower(self.until(_BARE_END))
        if not name:
            is_open = self.at >= len(self.text)
            self.wrong(begins, 1, "@ whom?", "@me, @none or somebody's name", is_open=is_open)
            return None
        return Name("owner", ({"me": ME, "none": ""}.get(name, name),))

    def label(self, begins: int, label: re.Match[str]) -> Tree | None:
        kind = Kind.REQUEST if label[1] in "Rr" else Kind.INCIDENT
        if kind not in self.kinds:
            self.wrong(
                begins, len(label[0]), f"{label[0].upper()} is no {next(iter(self.kinds))}", "It is left out"
            )
            return None
        return Label(kind, int(label[2]))

    def said(self, begins: int, text: str) -> Tree | None:
        words = tuple(folded(text))
        if words:
            return Said(words)
        is_open = self.at >= len(self.text)
        self.wrong(
            begins,
            self.at - begins,
            "no word to look for",
            "Words are of letters and digits",
            is_open=is_open,
        )
        return None

    def field(self, match: re.Match[str]) -> Tree | None:
        begins, self.at = self.at, match.end()
        values = self.values()
        known = NAMED.get(ascii_lower(match[1]))
        given = Given(match[1], known, Op(match[2]), values, self.kinds, self.at >= len(self.text))
        found = term_of(given)
        if isinstance(found, Wrong):
            self.wrong(begins, self.at - begins, *found[:2], is_open=found.is_open)
            return None
        return found

    def values(self) -> list[tuple[str, bool]]:
        """Returns the values behind an operator, each with whether it stood in quotes; at least one, if need be empty."""
        found = []
        while True:
            if self.text[self.at : self.at + 1] == '"':
                found.append((self.quoted(), True))
            else:
                found.append((self.until(_VALUE_END), False))
            if self.text[self.at : self.at + 1] != ",":
                return found
            self.at += 1

    def until(self, ends: frozenset[str]) -> str:
        begins = self.at
        while (
            self.at < len(self.text) and self.text[self.at] not in ends and not self.text[self.at].isspace()
        ):
            self.at += 1
        return self.text[begins : self.at]

    def quoted(self) -> str:
        r"""Returns what stands in quotes; `\"` is a quote, `\\` a backslash."""
        begins = self.at
        found: list[str] = []
        self.at += 1
        while self.at < len(self.text):
            char = self.text[self.at]
            self.at += 1
            if char == '"':
                return "".join(found)
            if char == "\\" and self.text[self.at : self.at + 1] in {'"', "\\"}:
                char = self.text[self.at]
                self.at += 1
            found.append(char)
        self.wrong(begins, 1, 'this " is not closed yet', 'Write " where the words end', is_open=True)
        return "".join(found)


def _all(parts: list[Tree]) -> Tree:
    """Returns all of them as one; what is said in a group without `or` needs no group."""
    flat: list[Tree] = []
    for part in parts:
        flat += part.parts if isinstance(part, All) else [part]
    return flat[0] if len(flat) == 1 else All(tuple(flat))


def _either(parts: list[Tree]) -> Tree:
    flat: list[Tree] = []
    for part in parts:
        flat += part.parts if isinstance(part, Either) else [part]
    if len(flat) < 2:
        return flat[0] if flat else EVERYTHING
    return Either(tuple(flat))
