"""TOML documents drawn at random by a writer that knows on which line it puts each key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.catalog.positions import KeyPath

_BARE = st.text("abcXYZ019_-", min_size=1, max_size=4)
_ODD = st.text(st.sampled_from("a.=[]{}#,'\"\\é\t \U0001f600\x7f"), max_size=4)
_SCALARS = (
    "1", "-7_000", "0x1F", "3.25", "1e5", "inf", "true", "1979-05-27", "07:32:00", "1979-05-27 07:32:00",
    "1979-05-27T07:32:00Z", '""', "''", '"a # [no] = {comment}, \\" \\\\"', "'C:\\path # \"x\"'", '"\\u00e9"',
    '""""""', "''''''", '"""a\nb # c\n[d]\n"""', '"""two quotes ""\nand five """""', "'''x\n\n= 'y' ''\n'''",
    '"""ends in one """"', '"""\\\n   folded \\""" \n"""', "'''ends in two '''''",
)  # fmt: skip


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[KeyPath, int]]:
    """Draws (the text of a valid document, the line of each of its key paths)."""
    writer = _Writer(draw)
    writer.body((), draw(st.integers(0, 3)))
    writer.subtables((), (), draw(st.integers(0, 4)), depth=0)
    return "".join(writer.pieces), writer.lines


class _Writer:
    """Writes one document piece by piece and notes the line of every key."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.pieces: list[str] = []
        self.lines: dict[KeyPath, int] = {}
        self._line = 1
        self._newline = draw(st.sampled_from(("\n", "\r\n")))

    def body(self, path: KeyPath, count: int) -> list[str]:
        """Writes `count` key-value lines of the table at `path` and returns their first keys."""
        keys = self._keys(count)
        for key in keys:
            self._pause()
            self._pair(path, key, depth=0)
            self._end_line()
        return keys

    def subtables(
        self, path: KeyPath, names: Sequence[str], count: int, depth: int, taken: Sequence[str] = ()
    ) -> None:
        """Writes tables and arrays of tables below the table at `path`, whose header keys are `names`."""
        own = taken or [str(step) for step in self.lines_below(path)]
        for key in self._keys(count):
            if key in own:
                continue
            header = (*names, key)
            if self.draw(st.booleans()):
                for index in range(self.draw(st.integers(1, 3))):
                    self._header(header, "[[", "]]")
                    self._note((*path, key))
                    self._note((*path, key, index))
                    self._inside((*path, key, index), header, depth)
            elif depth < 2 and self.draw(st.integers(0, 3)) == 0:
                self._implicit((*path, key), header, depth)
            else:
                self._header(header, "[", "]")
                self._note((*path, key))
                self._inside((*path, key), header, depth)

    def lines_below(self, path: KeyPath) -> list[str | int]:
        """Returns the keys written so far right below `path`."""
        return [other[-1] for other in self.lines if other[:-1] == path]

    def _implicit(self, path: KeyPath, header: Sequence[str], depth: int) -> None:
        """Writes a table that exists only because one below it does."""
        key = self.draw(_BARE)
        self._header((*header, key), "[", "]")
        self._note(path)
        self._note((*path, key))
        self._inside((*path, key), (*header, key), depth + 1)

    def _inside(self, path: KeyPath, header: Sequence[str], depth: int) -> None:
        keys = self.body(path, self.draw(st.integers(0, 3)))
        if depth < 2:
            self.subtables(path, header, self.draw(st.integers(0, 2)), depth + 1, keys or ("",))

    def _header(self, keys: Sequence[str], opening: str, closing: str) -> None:
        self._pause()
        self._write(self._blank() + opening + self._blank())
        self._write(f"{self._blank()}.{self._blank()}".join(self._key_text(key) for key in keys))
        self._pending = self._line
        self._write(self._blank() + closing)
        self._end_line()

    def _note(self, path: KeyPath) -> None:
        self.lines.setdefault(path, self._pending)

    def _pair(self, path: KeyPath, key: str, depth: int) -> None:
        parts = [key, *self.draw(st.lists(_BARE, max_size=2))] if self.draw(st.integers(0, 4)) == 0 else [key]
        for length in range(1, len(parts) + 1):
            self.lines.setdefault((*path, *parts[:length]), self._line)
        self._write(self._blank() + f"{self._blank()}.{self._blank()}".join(map(self._key_text, parts)))
        self._write(f"{self._blank()}={self._blank()}")
        self._value((*path, *parts), depth)

    def _value(self, path: KeyPath, depth: int) -> None:
        sort = self.draw(st.integers(0, 5)) if depth < 3 else 0
        if sort == 4:
            self._array(path, depth)
        elif sort == 5:
            self._inline_table(path, depth)
        else:
            self._write(self.draw(st.sampled_from(_SCALARS)).replace("\n", self._newline))

    def _array(self, path: KeyPath, depth: int) -> None:
        self._write("[")
        count = self.draw(st.integers(0, 3))
        for index in range(count):
            self._gap()
            self.lines[*path, index] = self._line
            self._value((*path, index), depth + 1)
            self._gap()
            if index < count - 1 or self.draw(st.booleans()):
                self._write(",")
        self._gap()
        self._write("]")

    def _inline_table(self, path: KeyPath, depth: int) -> None:
        self._write("{")
        for number, key in enumerate(self._keys(self.draw(st.integers(0, 3)))):
            self._write(f",{self._blank()}" if number else self._blank())
            self._pair(path, key, depth + 1)
        self._write(self._blank() + "}")

    def _keys(self, count: int) -> list[str]:
        return self.draw(st.lists(st.one_of(_BARE, _ODD), min_size=count, max_size=count, unique=True))

    def _key_text(self, key: str) -> str:
        if key and all(c.isascii() and (c.isalnum() or c in "_-") for c in key) and self.draw(st.booleans()):
            return key
        if "'" not in key and "\x7f" not in key and self.draw(st.booleans()):
            return f"'{key}'"
        return json.dumps(key, ensure_ascii=False).replace("\x7f", "\\u007f")

    def _blank(self) -> str:
        return self.draw(st.sampled_from(("", "", " ", "\t ")))

    def _gap(self) -> None:
        """Writes what may stand between the parts of an array: nothing, blanks, comments, line ends."""
        for _ in range(self.draw(st.integers(0, 2))):
            self._write(
                self.draw(st.sampled_from((" ", "\n", " # ] , \" '''\n"))).replace("\n", self._newline)
            )

    def _pause(self) -> None:
        """Writes what may stand between two lines: nothing, an empty line, a comment."""
        text = self.draw(st.sampled_from(("", "", "\n", '# [not.a.table] "\n', "  # x = 1\n\n")))
        self._write(text.replace("\n", self._newline))

    def _end_line(self) -> None:
        self._write(self.draw(st.sampled_from(("", " ", " # end = [ '"))) + self._newline)

    def _write(self, text: str) -> None:
        self.pieces.append(text)
        self._line += text.count("\n")


def paths_of(value: Any, path: KeyPath = ()) -> set[KeyPath]:
    """Returns every key path of a parsed document."""
    found: set[KeyPath] = {path} if path else set()
    items: Any = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, item in items:
        found |= paths_of(item, (*path, key))
    return found
