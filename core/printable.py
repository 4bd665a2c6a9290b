"""Text from outside, made harmless for a terminal.

Whatever a probe, a process, a file or a person sends may hold control characters and escape
sequences. It goes through `printable` once where it enters the house (so that the database holds no
escapes) and once more where a row is drawn (so that an older row cannot hurt either).
"""

from __future__ import annotations

import re
import unicodedata

_ESCAPES = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC … BEL or ST
    r"|\x1b[PX^_][^\x1b]*(?:\x1b\\)?"  # DCS, SOS, PM, APC … ST
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI
    r"|\x1b[ -/]*[0-~]?"  # the two-byte ones
)
_HARMFUL = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


def printable(text: str, limit: int = 2000) -> str:
    """Returns one line without control characters, escapes and direction marks, at most `limit` characters.

    Line ends and tabs become single spaces; any other harmful character becomes U+FFFD, so that
    what was there is seen to have been there.
    """
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text
    text = text[: limit * 4]
    text = _ESCAPES.sub("", text)
    text = re.sub(r"[\r\n\t\v\f\x85\u2028\u2029]+", " ", text)
    text = "".join("\ufffd" if unicodedata.category(c) in _HARMFUL else c for c in text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def printable_lines(text: str, limit: int = 65536) -> str:
    """Returns `text` as `printable` does, but keeps its line ends; at most `limit` characters."""
    lines = re.split(r"\r\n|[\n\r\v\f\x85\u2028\u2029]", text[: limit * 2])
    joined = "\n".join(printable(line, limit) for line in lines)
    return joined if len(joined) <= limit else joined[: limit - 1] + "…"
