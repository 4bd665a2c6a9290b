"""On which line each key of a TOML document stands.

The standard library's TOML reader gives values without places. This index is a second, tolerant look
at the same text: it understands just enough of the grammar to follow keys, and never fails. It is
made only for a file in which something is wrong.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

KeyPath = tuple[str | int, ...]

_TOKEN = re.compile(
    r'(?P<text>"""(?:[^"\\]++|\\.|"{1,2}(?!"))*+(?:"{3,5})?'  # one never closed ends with the text,
    r"|'''(?:[^']++|'{1,2}(?!'))*+(?:'{3,5})?"  # so that no part of it is looked at twice
    r'|"(?:[^"\\\n]++|\\[^\n])*+"?'
    r"|'[^'\n]*+'?)"
    r"|(?P<blank>[ \t\r]+|\#[^\n]*)"
    r"|(?P<newline>\n)"
    r"|(?P<mark>[\[\]{},=])"
    r"|(?P<bare>[^\s\#\"'\[\]{},=]+)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_NEWLINE = "\n"
_DEEPEST = 200  # the TOML reader gives up before; paths longer than this would fill the memory
_MOST_DIGITS = 4300
_DIGITS = re.compile(r"[+-]?[0-9_]+")
_FARTHEST = 10_000  # elements of one list that are given lines of their own; longer ones are told as a whole
_PERHAPS_LONG = re.compile(r"(?<![A-Za-z0-9_-])(?:[A-Za-z0-9_-]++[ \t]*+\.[ \t]*+){8}|[\"'][ \t]*+\.")


@dataclass(frozen=True, slots=True)
class _Token:
    """A piece of the text: itself, its group in the pattern, its line, and whether it follows the one before without a gap."""

    text: str
    sort: str
    line: int
    adjoins: bool


def key_lines(text: str) -> dict[KeyPath, int]:
    """Returns the line (from 1) on which each key path of a TOML document first stands.

    A path is made of keys and of indices into arrays: `("component", 2, "probe", 0, "every")`. Element
    n of an array of tables stands where its `[[…]]` header does. Never raises: of a broken document it
    returns what could be followed.
    """
    return _Index(text.replace("\r\n", "\n")).lines


def line_of(lines: dict[KeyPath, int], path: KeyPath) -> int:
    """Returns the line of `path`, or of the nearest part above it that has one; 1 when none has."""
    for length in range(len(path), 0, -1):
        line = lines.get(path[:length])
        if line is not None:
            return line
    return 1


def line_of_long_key(text: str, most: int) -> int:
    """Returns the line of the first dotted key that has more than `most` parts; 0 when there is none.

    A quick look comes first, for a line with so many dots, and in it eight bare parts in a row or one in
    quotes: whether they belong to a key, and not to a text or a comment, is looked into only then. `most`
    is at least 8.
    """
    crowded = [line for line in text.split("\n") if line.count(".") >= most]
    if not any(_PERHAPS_LONG.search(line) for line in crowded):
        return 0
    dots = 0
    for token in _tokens(text.replace("\r\n", "\n")):
        if token.sort == "bare":
            dots += token.text.count(".")
            if dots >= most:
                return token.line
        elif token.sort != "text":
            dots = 0
    return 0


def line_of_long_number(text: str) -> int:
    """Returns the line of the first whole number of more than 4300 digits, the interpreter's limit; 0 when there is none."""
    for token in _tokens(text):
        if token.sort == "bare" and len(token.text) > _MOST_DIGITS and _DIGITS.fullmatch(token.text):
            return token.line
    return 0


def _tokens(text: str) -> Iterator[_Token]:
    line = 1
    adjoins = False
    for match in _TOKEN.finditer(text):
        sort = match.lastgroup or "other"
        piece = match.group()
        if sort != "blank":
            yield _Token(piece, sort, line, adjoins)
        adjoins = sort != "blank"
        if sort in {"newline", "text"}:
            line += piece.count(_NEWLINE)


def _unquoted(token: str) -> str:
    """Returns the key a quoted token stands for."""
    if "\\" not in token or token.startswith("'"):
        return token[1:-1]
    try:
        value = tomllib.loads(f"k = {token}")["k"]
    except tomllib.TOMLDecodeError:
        return token[1:-1]
    return str(value)


@dataclass(slots=True)
class _Container:
    """An array or inline table that is open; `index` is the array's element now read, -1 for a table."""

    path: KeyPath
    index: int = -1


@dataclass(slots=True)
class _Key:
    """A key while it is read: the tokens so far, and the line of the first."""

    parts: list[str] = field(default_factory=list)
    line: int = 0

    def add(self, token: _Token) -> None:
        """Takes one more token of the key: quoted as it is, bare ones split at their dots."""
        self.line = self.line or token.line
        if token.sort == "text":
            self.parts.append(_unquoted(token.text))
        elif token.sort == "bare":
            self.parts.extend(part for part in token.text.split(".") if part)


class _Index:
    """Follows one document from its first token to its last and fills `lines`."""

    def __init__(self, text: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._tables: dict[KeyPath, int] = {}  # the last index of each array of tables
        self._table: KeyPath = ()
        self._open: list[_Container] = []
        self._key = _Key()
        self._pending: KeyPath = ()  # where the value being read belongs
        self._in_value = False
        self._follow(_tokens(text))

    def _follow(self, tokens: Iterator[_Token]) -> None:
        for token in tokens:
            if self._in_value:
                self._value(token)
            elif token.text == "[" and not self._open and not self._key.parts:
                self._header(tokens, token.line)
            else:
                self._name(token)

    def _note(self, base: KeyPath, parts: list[str], line: int) -> KeyPath:
        """Gives every part of a dotted key its line, stepping into the last element of arrays of tables."""
        path = base
        for part in parts:
            path = (*path, part)
            self.lines.setdefault(path, line)
            if path in self._tables:
                path = (*path, self._tables[path])
        return path

    def _header(self, tokens: Iterator[_Token], line: int) -> None:
        key = _Key()
        is_array = False
        for token in tokens:
            if token.text == "[" and not key.parts and token.adjoins:
                is_array = True
            elif token.sort == "newline" or token.text == "]":
                break
            else:
                key.add(token)
        if is_array:
            self._table = self._array_element(key.parts, line)
        else:
            self._table = self._note((), key.parts, line)

    def _array_element(self, parts: list[str], line: int) -> KeyPath:
        path = (*self._note((), parts[:-1], line), *parts[-1:])
        self.lines.setdefault(path, line)
        self._tables[path] = self._tables.get(path, -1) + 1
        element = (*path, self._tables[path])
        self.lines.setdefault(element, line)
        return element

    def _name(self, token: _Token) -> None:
        """Takes a token where a key may stand: at the start of a line or in an inline table."""
        if token.text == "=":
            self._in_value = True
            base = self._open[-1].path if self._open else self._table
            self._pending = self._note(base, self._key.parts, self._key.line or token.line)
            self._key = _Key()
        elif token.text == "}":
            self._close()
        elif token.sort == "newline" and not self._open:
            self._key = _Key()
        elif token.sort in {"text", "bare"}:
            self._key.add(token)

    def _value(self, token: _Token) -> None:
        """Takes a token where a value may stand: after `=` or in an array."""
        top = self._open[-1] if self._open else None
        in_array = top is not None and top.index >= 0
        if token.sort == "newline":
            self._in_value = top is not None
        elif token.text in {"]", "}"}:
            self._close()
        elif token.text == ",":
            self._next(top)
        else:
            if in_array and top is not None:
                self._pending = (*top.path, top.index)
                if top.index < _FARTHEST:
                    self.lines.setdefault(self._pending, token.line)
            if token.text in {"[", "{"}:
                self._enter(token.text)

    def _enter(self, mark: str) -> None:
        path = self._pending if len(self._open) < _DEEPEST else self._open[-1].path
        self._open.append(_Container(path, 0 if mark == "[" else -1))
        self._in_value = mark == "["

    def _next(self, top: _Container | None) -> None:
        if top is not None and top.index >= 0:
            top.index += 1
        elif top is not None:
            self._in_value = False

    def _close(self) -> None:
        """Leaves the innermost array or inline table; what follows belongs to the value around it."""
        if self._open:
            self._open.pop()
        self._key = _Key()
        self._in_value = True
