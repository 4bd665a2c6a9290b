"""What is new in an answer: the text without what it quotes at its end, and without its signature. Pure."""

from __future__ import annotations

import re
from typing import Final

_DIVIDERS: Final = re.compile(
    r"\s*(?:-{2,}\s*(?:Original Message|Original-Nachricht|Ursprüngliche Nachricht|Urspr\w* Nachricht|Message d'origine"
    r"|Mensaje original|Messaggio originale|Mensagem original|Forwarded message|Weitergeleitete Nachricht)\s*-{2,}"
    r"|_{20,})\s*",
    re.IGNORECASE,
)
_SAYS: Final = re.compile(
    r"(?:On|Am|Le|El|Il|Em|Op|Den|Dnia|W dniu)\b.{4,300}\b(?:wrote|schrieb.{0,80}|a écrit|escribió|ha scritto|escreveu"
    r"|schreef.{0,80}|skrev.{0,80}|napisał\(?a?\)?)\s*:?",
    re.IGNORECASE | re.DOTALL,
)
_FIRST: Final = re.compile(r"\*?(?:From|Von|De|Da|Van|Från)\s?:\*?\s.+", re.IGNORECASE)
_SECOND: Final = re.compile(
    r"\*?(?:Sent|Gesendet|Date|Datum|Envoyé|Enviado|Inviato|To|An|Skickat)\s?:\*?\s.+", re.IGNORECASE
)
_SIGNATURE: Final = "-- "


def new_text(text: str) -> str:
    """Returns what the writer added; where nothing would be left, the whole text.

    A quotation that is answered in between stays as it is. Line ends are LF.
    """
    lines = text.split("\n")
    end = _quoted_from(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith(">")):
        end -= 1
    end = _without_introduction(lines, end)
    kept = lines[:end]
    for number, line in enumerate(kept):
        if line.rstrip("\r") in {_SIGNATURE, "--"} and "\n".join(kept[:number]).strip():
            kept = kept[:number]
            break
    found = "\n".join(kept).strip()
    return found or text.strip()


def _quoted_from(lines: list[str]) -> int:
    """Returns where a quotation without marks begins: at the line a mail program puts before it."""
    for number, line in enumerate(lines):
        if _DIVIDERS.fullmatch(line):
            return number
        if _FIRST.fullmatch(line.strip()) and any(
            _SECOND.fullmatch(other.strip()) for other in lines[number + 1 : number + 4]
        ):
            return number
    return len(lines)


def _without_introduction(lines: list[str], end: int) -> int:
    """Returns the end before `On Monday Kim wrote:`, which may take up to three lines."""
    for count in (1, 2, 3):
        begin = end - count
        if begin >= 0 and _SAYS.fullmatch(" ".join(line.strip() for line in lines[begin:end])):
            while begin and not lines[begin - 1].strip():
                begin -= 1
            return begin
    return end
