"""A journal as a file of lines: one JSON value a line, that anyone can read and check without this program.

The first line says what it is, the last that it is whole; between them stand the entries in their order, as they are
stored, and each seal right behind the last entry it covers. Read with suspicion: a file comes from anywhere.
"""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, Any

from core.errors import BadInput
from core.journal.chain import RECORD_FIELDS
from core.journal.sealing import JournalBroken, Seal, seal_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from core.journal.chain import Record
    from core.journal.seals import Standing

FORMAT = 1
LONGEST_LINE = 64 * 1024 * 1024
"""Bytes; a line of a real export is some hundreds, and a catalog's difference some millions."""
CHUNK, CHUNK_BYTES = 1000, 8 * 1024 * 1024
_HEAD = ("watchfloor", "format", "entries", "seals", "head")
_SEAL = ("seal", "first", "last", "at", "root", "prev", "key_id", "sig")
_END = ("end", "entries", "seals")
_TITLE = "journal"
_NONE = type(None)
_TYPES = frozenset(
    (int, int, str, str, str, str, str, str, cause, key, str)
    for cause in (int, _NONE)
    for key in (str, _NONE)
)


def export_lines(
    pieces: Iterable[list[Record] | Seal], upto: Standing, progress: Callable[[int], None] = lambda _: None
) -> Iterator[str]:
    """Yields the lines of an export of a journal's `pieces`, whose end is `upto`, each with its line end.

    Raises JournalBroken when entries that stood at its beginning are gone at its end.
    """
    seals = upto.seal.n if upto.seal else 0
    yield _line(_HEAD, (_TITLE, FORMAT, upto.head.seq, seals, upto.head.hash))
    seq = n = 0
    for piece in pieces:
        if isinstance(piece, list):
            yield "".join([_line(RECORD_FIELDS, record) for record in piece])
            seq = piece[-1][0]
            progress(seq)
        else:
            yield _line(_SEAL, piece)
            n = piece.n
    if (seq, n) != (upto.head.seq, seals):
        raise JournalBroken(f"the journal ended with entry {seq} and seal {n} while it was read")
    yield _line(_END, (True, seq, n))


def _line(names: tuple[str, ...], values: Iterable[Any]) -> str:
    return json.dumps(dict(zip(names, values, strict=True)), ensure_ascii=False, separators=(",", ":")) + "\n"


class ExportReader:
    """Reads an export; `entries` is how many it says it holds, known once opened.

    Raises BadInput where the file is no export at all, JournalBroken where it began as one and is damaged.
    """

    def __init__(self, file: IO[bytes], where: str) -> None:
        self._file, self._where = file, where
        self._line = self._read = 0
        names, values = self._next(first=True)
        is_ours = names == _HEAD and values[0] == _TITLE
        if is_ours and values[1] != FORMAT:
            raise BadInput(
                f"is an export of another format ({values[1]!r:.20}), this program reads format {FORMAT}",
                where=where, next_step="Verify it with the Watchfloor that wrote it",
            )  # fmt: skip
        if not is_ours or any(type(count) is not int for count in values[2:4]):
            raise self._foreign()
        self.entries, self._seals, self._head = values[2], values[3], values[4]

    def pieces(self) -> Iterator[list[Record] | Seal]:
        """Yields what it holds; ends only where the file is whole."""
        records: list[Record] = []
        seals, newest = 0, ""
        while True:
            names, values = self._next()
            if names == RECORD_FIELDS:
                if tuple(map(type, values)) not in _TYPES:
                    raise self._damaged("holds no entry as they are exported")
                records.append(values)
                newest = values[10]
                if len(records) < CHUNK and self._read < CHUNK_BYTES:
                    continue
            if records:
                yield records
                records, self._read = [], 0
            if names == _SEAL:
                seals += 1
                yield seal_of(values)
            elif names == _END:
                self._finish(values, seals, newest)
                return
            elif names != RECORD_FIELDS:
                raise self._damaged("holds neither an entry nor a seal as they are exported")

    def _finish(self, values: tuple[Any, ...], seals: int, newest: str) -> None:
        if values[1:] != (self.entries, self._seals):
            raise self._damaged(
                "says of how many entries and seals the export is, and the first line says otherwise"
            )
        if seals != self._seals or newest != self._head:
            raise self._damaged(
                f"ends an export that does not hold the {self.entries} entries and {self._seals} seals it began with"
            )
        if self._file.read(1):
            raise JournalBroken(f"there is more behind its end, from line {self._line + 1} on")

    def _next(self, *, first: bool = False) -> tuple[tuple[str, ...], tuple[Any, ...]]:
        """Returns the names and values of the next line."""
        line = self._file.readline(LONGEST_LINE + 1)
        self._line += 1
        self._read += len(line)
        if first and (not line.startswith(b"{") or len(line) > LONGEST_LINE):
            raise self._foreign()
        if not line:
            raise JournalBroken(
                f"the export is cut off: it ends at line {self._line}, before the {self.entries} entries and "
                f"{self._seals} seals that its first line promises"
            )
        if len(line) > LONGEST_LINE:
            raise self._damaged(f"is longer than {LONGEST_LINE // 1024 // 1024} MB")
        if not line.endswith(b"\n"):
            raise self._damaged("is not whole: the export is cut off there")
        try:
            pairs = json.loads(line.decode(), object_pairs_hook=tuple)
            return tuple(name for name, _ in pairs), tuple(value for _, value in pairs)
        except UnicodeDecodeError:
            what = "is not UTF-8"
        except (ValueError, TypeError, RecursionError):
            what = "is no line of an export"
        raise self._foreign() if first else self._damaged(what)

    def _foreign(self) -> BadInput:
        return BadInput(
            "is no exported journal", where=self._where,
            next_step="Name a file that `watchfloor journal export` wrote, or a database with --db",
        )  # fmt: skip

    def _damaged(self, what: str) -> JournalBroken:
        return JournalBroken(f"line {self._line} {what}")
