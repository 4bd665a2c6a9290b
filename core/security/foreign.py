"""What is taken from foreign files and documents: bounded before it is looked at, and nothing trusted to be what it should be."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from core.catalog.nearest import listed
from core.errors import BadInput
from core.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

MOST_BYTES = 64 * 1024 * 1024
"""A larger file is not read: the largest reports seen have a third of that."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
YES = frozenset({"yes", "true", "1", "y", "x"})


class Refusal(NamedTuple):
    """A line that cannot be used: where, and why."""

    place: str
    why: str


class Malformed(BadInput):
    """The file is not what it says it is; `where` is the place in it."""


def bytes_of(path: Path, *, may_be_empty: bool = False) -> bytes:
    """Returns what a file holds. Raises BadInput for one that cannot be read, is too large, or (unless it may be) empty."""
    name = printable(str(path), 300)
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except IsADirectoryError as error:
        raise BadInput("is a directory, not a file", where=name, next_step="Name the file in it") from error
    except OSError as error:
        raise BadInput(
            f"cannot be read: {error.strerror}", where=name, next_step="Check its name and its rights"
        ) from error
    if len(raw) > MOST_BYTES:
        what = f"is larger than {MOST_BYTES // 1024**2} MiB"
        raise BadInput(
            what,
            where=name,
            next_step="Nothing was read. Split it",
        )
    if not raw.strip() and not may_be_empty:
        raise BadInput(
            "is empty",
            where=name,
            next_step="Nothing was changed. Look whether the tool that writes it failed",
        )
    return raw


def text_of(raw: bytes) -> str:
    """Returns the text that is written in UTF-8. Raises Malformed for anything else."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Malformed("is written in UTF-16", next_step="Save it in UTF-8")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        step = "Save it in UTF-8; a packed file must be unpacked first"
        raise Malformed("is no text in UTF-8", next_step=step, where=f"line {line}") from error


def text(value: Any, limit: int = 300) -> str:
    """Returns a text as one harmless line; an empty one of anything that is no text or number."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return printable(str(value).strip(), limit)


def number(value: Any) -> float | None:
    """Returns a finite number, also one written as text; None of anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if found == found and abs(found) < 1e12 else None  # noqa: PLR0124  (not a number is unlike itself)


def instant(value: Any) -> datetime | None:
    """Returns the instant written in ISO 8601, in UTC where it names no zone; None of anything else."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        found = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", value.strip()))
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if 2000 <= found.year <= 9000 else None


def day(value: Any) -> date | None:
    """Returns the day written in ISO 8601; None of anything else."""
    found = instant(value)
    return None if found is None else found.date()


def csv_table(
    content: str, columns: Mapping[str, Sequence[str]], needed: Sequence[str], title: str, example: str
) -> list[tuple[str, dict[str, str] | str]]:
    """Returns the rows of a table as (place, cells by column), or of one that cannot be used (place, why).

    `columns` tells what a column is, by what its title may be in small letters (`_` and `-` as blanks). Raises Malformed
    where the first line names no columns that are `needed`, or one twice, and where the file was cut off.
    """
    first = content.partition("\n")[0]
    rows = _csv_rows(content, max(",;\t", key=first.count))
    _, titles = next(rows, (1, ()))
    places = _places(titles, columns, needed, title, example)
    found: list[tuple[str, dict[str, str] | str]] = []
    for line, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        is_whole = len(row) > max(places.values()) and not any(cell.strip() for cell in row[len(titles) :])
        why = f"has {len(row)} cells, the first line has {len(titles)}"
        cells = {name: row[place] for name, place in places.items()} if is_whole else why
        found.append((f"line {line}", cells))
    return found


def _places(
    titles: Sequence[str],
    columns: Mapping[str, Sequence[str]],
    needed: Sequence[str],
    title: str,
    example: str,
) -> dict[str, int]:
    known = {word: name for name, words in columns.items() for word in words}
    places: dict[str, int] = {}
    for place, each in enumerate(titles):
        name = known.get(" ".join(each.strip().lower().replace("_", " ").replace("-", " ").split()))
        if name and titles.index(each) < place:
            what = f"names the column {text(each, 30)} twice"
            raise Malformed(what, where="line 1", next_step="Take one of them out")
        if name:
            places.setdefault(name, place)
    missing = [name for name in needed if name not in places]
    if missing:
        given = ", ".join(text(each, 30) for each in titles[:8])
        what = f"is not {title}: its first line names no column {listed(missing)} (it has {given})"
        raise Malformed(what, where="line 1", next_step=f"Write a first line such as: {example}")
    return places


def _csv_rows(content: str, sign: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Yields the rows of a table, each with the number of its first line. Raises Malformed where it is none, or was cut off."""
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=sign, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            what = (
                "ends within a quoted cell: it was cut off"
                if "unexpected end" in str(error)
                else f"is no CSV: {error}"
            )
            raise Malformed(what, where=f"line {line}", next_step="Save it again") from error
        yield line, row


def harmless(cell: str) -> str:
    """Returns a cell that a spreadsheet would calculate as a text that none does: with an apostrophe before it."""
    is_formula = cell.startswith(_FORMULA) and number(cell) is None
    return f"'{cell}" if is_formula else cell
