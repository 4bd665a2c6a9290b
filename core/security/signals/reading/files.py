"""How far a log was read, and what comes next: across rotation, truncation and restarts. No line twice, none lost.

A place in a log is a file (device and inode), an offset behind a whole line, and a mark: a digest over the first bytes
and those before the offset. Where the file by the log's name is no longer the one that was read, the rest of that one is
found beside it, renamed, copied or compressed: by its inode or by the same mark. After it come those that were rotated
away later, and last the file by the name. A file that was renamed is left only once the new one holds something: until
then its writer may still write to it.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import os
import re
import stat
import zlib
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE = 2 * 1024 * 1024
"""So many bytes are read at a time."""
AT_ONCE_PACKED = 16 * AT_ONCE
"""Of a compressed file more: each time it is unpacked from its beginning."""
LONGEST_LINE = 64 * 1024
HEAD, TAIL = 256, 64
MOST_BESIDE = 1000
"""So many files beside a log are looked at."""
_UNPACK: dict[str, Callable[[Any], Any]] = {
    ".gz": lambda raw: gzip.GzipFile(fileobj=raw), ".bz2": bz2.BZ2File, ".xz": lzma.LZMAFile,
}  # fmt: skip
_NO_FILE = "there is no such file"


class Within(IntEnum):
    """What a place stands within, whose rest is passed over: nothing, a line that is too long, or a record, within marks or not."""

    NOTHING = 0
    LINE = 1
    QUOTES = 2
    RECORD = 3


@dataclass(frozen=True, slots=True)
class Position:
    """How far a log was read. `in_long`: within which line or record, longer than LONGEST_LINE, the offset is (`Within`)."""

    device: int = 0
    inode: int = 0
    offset: int = 0
    mark: str = ""
    modified: int = 0  # nanoseconds: what was rotated away later was written to later
    in_long: int = Within.NOTHING


class Cut(NamedTuple):
    """Whole lines, how many bytes they take up, how many of them were cut, and within what the bytes end (`Within`)."""

    lines: bytes
    used: int
    cut: int
    in_long: int


Cutting = Callable[..., Cut]
"""Takes bytes apart into lines: `cut_lines`, or what another format needs."""


class Portion(NamedTuple):
    """What was read: whole lines, the place behind them, and what there is to say of it."""

    data: bytes
    position: Position
    left: bool = False  # there is more to read already
    cut: int = 0  # lines that were longer than LONGEST_LINE
    is_cleared: bool = False  # what was read is gone, and nothing beside it holds it: emptied, or taken away
    trouble: str = ""


def read_portion(path: str, position: Position | None, cutting: Cutting | None = None) -> Portion:
    """Returns the next whole lines of the log at `path` after `position` (None: from its beginning). Raises nothing for what the disk says."""
    try:
        return _read(path, position, cutting or cut_lines)
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        return Portion(b"", position or Position(), trouble=(reason or str(error)).lower())


def _read(path: str, position: Position | None, cutting: Cutting) -> Portion:
    current = _facts(path)
    if current is None and position is None:
        return Portion(b"", Position(), trouble=_NO_FILE)
    if position is None or not position.inode:
        assert current is not None
        return _from(path, _begin(current), cutting)
    if not position.offset:
        return _from_beginning(path, current, position, cutting)
    if current is not None and _is_place_of(path, current, position):
        return _from(path, position, cutting)
    is_emptied = current is not None and _is_same(current, position)
    beside = _beside(path)
    rest = _rest_of(beside, position, by_inode=not is_emptied)
    if rest is None:
        return _anew(path, current, beside, position, cutting)
    return _from_old(path, current, beside, rest, position, cutting)


def _from_beginning(
    path: str, current: os.stat_result | None, position: Position, cutting: Cutting
) -> Portion:
    """Goes on where nothing was read of a file yet: what lies beside it and was written to later may be what was in it."""
    beside = _beside(path)
    own = next((each for each in beside if _is_same(each.facts, position)), None)
    later = [
        each
        for each in beside
        if each.facts.st_mtime_ns > position.modified or (each is own and each.facts.st_size)
    ]
    if later and later[0] is own:
        return _from_old(path, current, beside, own, position, cutting)
    if later:
        return _from(later[0].path, _begin(later[0].facts), cutting)._replace(left=True)
    if current is None:
        return Portion(b"", position, trouble=_NO_FILE)
    if own is not None and not current.st_size:  # renamed, and its writer may still write to it
        return Portion(b"", position)
    return _from(path, position if _is_same(current, position) else _begin(current), cutting)


def _is_same(facts: os.stat_result, position: Position) -> bool:
    return (facts.st_dev, facts.st_ino) == (position.device, position.inode)


def _from_old(
    path: str,
    current: os.stat_result | None,
    beside: list[_Beside],
    rest: _Beside,
    position: Position,
    cutting: Cutting,
) -> Portion:
    """Returns more of a file that was rotated away, or where it is read out what comes after it."""
    at = (
        replace(position, device=rest.facts.st_dev, inode=rest.facts.st_ino)
        if not rest.is_packed
        else position
    )
    portion = _from(rest.path, at, cutting)
    if portion.data or portion.left:
        return portion._replace(left=True)
    after = _successor(beside, rest)
    if after is None and (current is None or current.st_size == 0):
        return portion._replace(trouble=_NO_FILE if current is None else "")
    ended = _from(rest.path, at, cutting, is_whole=True)  # nobody ends its last line any more
    begin = _begin(after.facts if after is not None else cast("os.stat_result", current))
    if ended.position.in_long > Within.LINE:  # it was copied and emptied in the midst of a record
        begin = replace(begin, in_long=ended.position.in_long)
    if ended.data:
        return Portion(ended.data, begin, left=True, cut=ended.cut)
    return _from(after.path if after is not None else path, begin, cutting)._replace(left=True)


def _anew(
    path: str, current: os.stat_result | None, beside: list[_Beside], position: Position, cutting: Cutting
) -> Portion:
    """Goes on where what was read is gone: with the first file that was rotated away later, else with the one by the name."""
    later = _later(beside, position.modified)
    if current is None and not later:
        return Portion(b"", position, trouble=_NO_FILE)
    place, facts = (later[0].path, later[0].facts) if later else (path, cast("os.stat_result", current))
    found = _from(place, _begin(facts), cutting)
    return found._replace(is_cleared=True, left=found.left or bool(later))


def _begin(facts: os.stat_result) -> Position:
    return Position(facts.st_dev, facts.st_ino, 0, _digest(b"", b""), facts.st_mtime_ns)


def _facts(path: str) -> os.stat_result | None:
    """Returns what is known of the file; None where there is none. Raises OSError for what is no regular file."""
    try:
        facts = os.stat(path)  # noqa: PTH116 – asked at every look
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(facts.st_mode):
        raise OSError(0, "it is not a regular file")
    return facts


def _is_place_of(path: str, facts: os.stat_result, position: Position) -> bool:
    """Tells whether the file is the one that was read, and still holds what it held there."""
    return (
        _is_same(facts, position)
        and facts.st_size >= position.offset
        and _mark(path, position.offset) == position.mark
    )


def _mark(path: str, offset: int) -> str:
    """Returns the mark of a place in a file, compressed or not."""
    with _opened(path) as file:  # of one that is packed its beginning is at hand, its end is unpacked to
        head = file.read(min(HEAD, offset))
        tail_from = max(offset - TAIL, 0)
        file.seek(tail_from)
        return _digest(head, file.read(offset - tail_from))


def _digest(head: bytes, tail: bytes) -> str:
    return hashlib.sha256(len(head).to_bytes(4, "big") + head + tail).hexdigest()[:32]


@contextmanager
def _opened(path: str) -> Iterator[IO[bytes]]:
    """Opens a file, unpacked where it is packed. Without blocking: a pipe by that name would wait for its other end."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as raw:
        unpack = _UNPACK.get(Path(path).suffix)
        if unpack is None:
            yield raw
            return
        with unpack(raw) as unpacked:
            yield unpacked


def _from(path: str, position: Position, cutting: Cutting, *, is_whole: bool = False) -> Portion:
    """Returns the whole lines behind a place of one file; `is_whole`: what stands at its end counts as a line, too."""
    most = AT_ONCE_PACKED if Path(path).suffix in _UNPACK else AT_ONCE
    with _opened(path) as file:
        file.seek(position.offset)
        data = file.read(most)
    if not data:
        return Portion(b"", position)
    modified = os.stat(path).st_mtime_ns  # noqa: PTH116
    taken, used, cut, in_long = cutting(
        data, in_long=position.in_long, is_whole=is_whole and len(data) < most
    )
    if not used:
        return Portion(b"", position)
    offset = position.offset + used
    after = Position(position.device, position.inode, offset, _mark(path, offset), modified, in_long)
    return Portion(taken, after, len(data) == most, cut)


def cut_lines(data: bytes, *, in_long: int, is_whole: bool = False) -> Cut:
    """Returns the whole lines of `data`; `is_whole`: what stands at its end counts as a line, too.

    A half line waits, but for one that is longer than LONGEST_LINE: its beginning counts as the line, and the rest is
    passed over. Bytes of zero, as a crash leaves them, are left out.
    """
    begin = 0
    if in_long:
        end = data.find(b"\n")
        if end < 0:
            return Cut(b"", len(data), 0, Within.NOTHING if is_whole else Within.LINE)
        begin = end + 1
    last = len(data) if is_whole else data.rfind(b"\n") + 1
    parts = list(_pieces(data, begin, max(last, begin)))
    cut = sum(1 for begin, end, next_at in parts if end < next_at)
    kept = b"".join(data[begin:end] + (b"\n" if end < next_at else b"") for begin, end, next_at in parts)
    used, within = max(last, begin), Within.NOTHING
    if len(data) - used > LONGEST_LINE:
        kept += data[used : used + LONGEST_LINE] + b"\n"
        used, cut, within = len(data), cut + 1, Within.LINE
    if kept and not kept.endswith(b"\n"):
        kept += b"\n"
    return Cut(kept.replace(b"\0", b"") if b"\0" in kept else kept, used, cut, within)


def _pieces(data: bytes, begin: int, last: int) -> Iterator[tuple[int, int, int]]:
    """Yields (begin, end, where the next begins) of parts that hold no line that is too long; such a line is one, cut at its end."""
    start = begin
    while begin < last:
        end = data.rfind(b"\n", begin, min(begin + LONGEST_LINE + 1, last))
        if end >= 0:
            begin = end + 1
            continue
        if last - begin <= LONGEST_LINE:
            break
        if start < begin:
            yield start, begin, begin
        end = data.find(b"\n", begin, last)
        after = last if end < 0 else end + 1
        yield begin, begin + LONGEST_LINE, after
        start = begin = after
    if start < last:
        yield start, last, last


# What stands beside a log


class _Beside(NamedTuple):
    path: str
    facts: os.stat_result

    @property
    def is_packed(self) -> bool:
        return Path(self.path).suffix in _UNPACK


def _beside(path: str) -> list[_Beside]:
    """Returns the files beside a log that may have been it (`auth.log.1`, `auth.log-20261129.gz`, `auth-20261129.log`), oldest first."""
    folder, name = Path(path).parent, Path(path).name
    stem, dot, ending = name.rpartition(".")
    rotated = re.compile(
        rf"(?:{re.escape(name)}[.-](?:\d[\d._-]*|old|bak)|{re.escape(stem or name)}[.-]\d[\d._-]*{re.escape(dot + ending if stem else '')})"
        r"(?:\.(?:gz|bz2|xz))?"
    )
    found: list[_Beside] = []
    names = [each for each in os.listdir(folder) if rotated.fullmatch(each)] if folder.is_dir() else []  # noqa: PTH208
    for each in (folder / one for one in sorted(names)[:MOST_BESIDE] if one != name):
        try:
            facts = each.stat()
        except OSError:
            continue  # it went while we looked
        if stat.S_ISREG(facts.st_mode):
            found.append(_Beside(str(each), facts))
    return sorted(found, key=lambda each: each.facts.st_mtime_ns)


def _rest_of(beside: list[_Beside], position: Position, *, by_inode: bool) -> _Beside | None:
    """Returns the file beside the log that holds what was read, and what came after it."""
    same = [each for each in beside if _is_same(each.facts, position)]
    others = [each for each in beside if each not in same]
    for each in same + others if by_inode else others:
        if not each.is_packed and each.facts.st_size < position.offset:
            continue
        try:
            if _mark(each.path, position.offset) == position.mark:
                return each
        except (OSError, EOFError, zlib.error, lzma.LZMAError):
            continue  # cannot be read, or is being packed: another may hold the same
    return None


def _successor(beside: list[_Beside], rest: _Beside) -> _Beside | None:
    """Returns the file that was rotated away next after one, by when each was written to last."""
    return next(
        iter(_later([each for each in beside if each.path != rest.path], rest.facts.st_mtime_ns)), None
    )


def _later(beside: list[_Beside], modified: int) -> list[_Beside]:
    return [each for each in beside if each.facts.st_mtime_ns > modified]
