"""The records of PostgreSQL's csvlog, each as one line: a message may hold line ends, and what its writer likes behind them.

A record ends at a line end outside quotation marks. Within them a mark is written twice, so nothing that a user sends looks
like the head of a record: where such a head stands within marks, what stood before it was torn off.
"""

from __future__ import annotations

import re

from core.security.signals.reading.files import LONGEST_LINE, Cut, Within, cut_lines

_QUOTED = rb'(?:"(?:[^"\n]|"")*+")?'
_TIME = rb'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [^,"\n]{1,40}'
_SESSION = rb"\d+," + _QUOTED + rb",[0-9a-f]+\.[0-9a-f]+,\d+,"
_OPENS = re.compile(_TIME + rb',(?:"|,' + _SESSION + rb")")
"""What the line of a record begins with; nothing that is written as plain text does."""
_HEAD = re.compile(
    _TIME + b"," + _QUOTED + b"," + _QUOTED + b"," + _SESSION + _QUOTED + rb',[^,"\n]*,[^,"\n]*,\d*,[A-Z0-9]+,\w*,"(?!")'
)  # fmt: skip
"""A whole head, up to the one mark that begins its message."""
_TORN = re.compile(rb"[\d-]{1,10}(?: [\d:.]{0,12}(?: [A-Z\d+-]{0,8})?)?|" + _TIME + rb",.*")
"""What the beginning of one may be where it was torn off within its head."""
_TRIES = 16


def cut_entries(data: bytes, *, in_long: int, is_whole: bool = False) -> Cut:
    """Returns the whole records of `data` as lines, and the whole lines of what is no csvlog, as `files.cut_lines` does.

    A record that is not ended waits, but for one that is longer than LONGEST_LINE: its beginning counts, and the rest is
    passed over, up to where its marks end.
    """
    if not (in_long or is_whole) and b'"' not in data:
        return cut_lines(data, in_long=in_long)
    lines = data.split(b"\n")
    rest = lines.pop()
    records = _Records(in_long)
    for line in lines:
        records.take(line)
    used, within = (len(data), records.end_with(rest)) if is_whole else records.wait_with(rest)
    found = b"".join([each + b"\n" for each in records.found])
    return Cut(found, used, records.cut, within)


class _Records:
    """The records in lines that are taken one after the other."""

    def __init__(self, within: int) -> None:
        self.found: list[bytes] = []
        self.cut = 0
        self._begin = self._place = 0  # where what is under way begins, and the line that comes next
        self._kept: list[bytes] = []
        self._size = 0
        self._is_passed_over, self._is_quoted = bool(within), within == Within.QUOTES
        self._is_rest = within == Within.RECORD  # the next line is the rest of a record

    def take(self, line: bytes) -> None:
        """Takes a whole line."""
        text = line.replace(b"\0", b"") if b"\0" in line else line
        if (self._is_quoted and _HEAD.match(text)) or (self._is_rest and _OPENS.match(text)):
            self._end()
        if text.count(b'"') & 1 and self._is_of_record(text):
            self._is_quoted = not self._is_quoted
        self._is_rest = False
        if self._size <= LONGEST_LINE:
            self._kept.append(text)
        self._size += len(text) + 1
        self._place += len(line) + 1
        if not self._is_quoted:
            self._end()

    def end_with(self, rest: bytes) -> Within:
        """Ends what is under way, a half line last, for nobody will; returns within what that was."""
        within = Within.NOTHING
        if rest:
            is_record = self._is_of_record(rest) or _TORN.fullmatch(rest) is not None
            is_quoted = is_record and self._is_quoted != bool(rest.count(b'"') & 1)
            within = Within.QUOTES if is_quoted else Within.RECORD if is_record else Within.NOTHING
            self._kept.append(rest)
        elif self._is_quoted:
            within = Within.QUOTES
        if self._kept:
            self._end()
        return within

    def _is_of_record(self, text: bytes) -> bool:
        return self._is_quoted or self._is_rest or _OPENS.match(text) is not None

    def wait_with(self, rest: bytes) -> tuple[int, Within]:
        """Returns how far all is used where a half line stands last, and within what; of what is too long the beginning is given."""
        if len(rest) > LONGEST_LINE:
            reach = _open_until(rest, is_open=self._is_quoted) if self._is_of_record(rest) else 0
            within = Within.QUOTES if self._is_quoted or reach else Within.LINE
            self._kept.append(rest)
        elif self._is_quoted and (self._is_passed_over or self._size > LONGEST_LINE):
            reach, within = 0, Within.QUOTES
            rest = b""
        elif self._is_rest:
            return self._begin, Within.RECORD
        elif self._is_passed_over:
            reach, within = 0, Within.LINE
        else:
            return self._begin, Within.NOTHING
        place = self._place + (reach or len(rest))
        if self._kept:
            self._end()
        return place, within

    def _end(self) -> None:
        if not self._is_passed_over:
            record = b" ".join(self._kept)
            self.cut += len(record) > LONGEST_LINE
            self.found.append(record[:LONGEST_LINE])
        self._kept, self._size = [], 0
        self._is_quoted = self._is_passed_over = self._is_rest = False
        self._begin = self._place


def _open_until(data: bytes, *, is_open: bool) -> int:
    """Returns up to where the marks that are open reach at most, and not between two of them; 0 where that is not to be told."""
    end = len(data)
    for _ in range(_TRIES):
        part = data[:end].rstrip(b'"')
        if is_open != bool(part.count(b'"') & 1):
            return len(part)
        end = max(part.rfind(b'"'), 0)
    return 0
