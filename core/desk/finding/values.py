"""What stands behind a field's sign: the values of each sort, read, or what is wrong with them. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from core.catalog.nearest import did_you_mean
from core.desk.finding.fields import FLAG_KINDS, FLAGS, NAMED, PRIORITIES, Field, Sort, state_words
from core.desk.finding.tree import ME, NOBODY, Day, Flag, Name, Number, Op, Span, State, When, Word

if TYPE_CHECKING:
    from core.desk.finding.fields import Kind
    from core.desk.finding.tree import Moment, Tree

MOST_VALUES = 50
LONGEST_NAME = 320
_ASCII = str.maketrans({chr(letter): chr(letter + 32) for letter in range(ord("A"), ord("Z") + 1)})
_SPAN = re.compile(r"(-?)(\d{1,6})(m|min|h|d|w)")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T_](\d{2}):(\d{2})Z?)?", re.IGNORECASE)
_YEARS = range(1970, 2200)
_MOMENTS = "2h, 3d, 2026-11-01, 2026-11-01T14:00, today, now or none"


class Wrong(NamedTuple):
    """Why a term says nothing, and what could have been meant."""

    what: str
    next_step: str = ""
    is_open: bool = False


class Given(NamedTuple):
    """A field's name as typed, the field, its sign, the values (and which stood in quotes); whether the text ends here."""

    typed: str
    field: Field | None
    op: Op
    values: list[tuple[str, bool]]
    kinds: frozenset[Kind]
    is_last: bool


def ascii_lower(text: str) -> str:
    """Returns a text with A to Z in small letters, and nothing else changed: what both databases can do alike."""
    return text.translate(_ASCII)


def term_of(given: Given) -> Tree | Wrong:
    """Returns what a field and its values say."""
    field = given.field
    if field is None:
        step = did_you_mean(ascii_lower(given.typed), NAMED, "The fields: " + ", ".join(NAMED))
        return Wrong(f"no field is called {given.typed!r}", f"{step}; to look for words, put them in quotes")
    if not field.kinds & given.kinds:
        whose = " and ".join(f"{kind}s" for kind in sorted(field.kinds))
        return Wrong(f"only {whose} have {field.name}", "It is left out")
    if not given.values[-1][0].strip():
        return Wrong(f"{given.typed}{given.op} what?", _example(field, given.kinds), is_open=given.is_last)
    if len(given.values) > MOST_VALUES:
        return Wrong(f"at most {MOST_VALUES} values are compared", "Name fewer")
    if field.sort in {Sort.STATE, Sort.FLAG, Sort.NAME} and given.op not in {Op.IS, Op.EXACTLY}:
        return Wrong(
            f"{field.name} has no order", f"Write {field.name}: and the value, a - before it for not"
        )
    return _READERS[field.sort](given, field)


def _example(field: Field, kinds: frozenset[Kind]) -> str:
    if field.sort is Sort.STATE:
        return "One of " + ", ".join(state_words(kinds))
    if field.sort is Sort.FLAG:
        return "One of " + ", ".join(_flags(kinds))
    return f"For example {field.example}"


def _flags(kinds: frozenset[Kind]) -> list[str]:
    return [flag for flag in FLAGS if FLAG_KINDS.get(flag, kinds) & kinds]


def _state(given: Given, field: Field) -> Tree | Wrong:
    known, found = state_words(given.kinds), []
    for value, _ in given.values:
        word = ascii_lower(value.strip()).replace("-", " ").replace("_", " ")
        if word not in known:
            return _unknown(given, field, word, known)
        found.append(word)
    return State(tuple(dict.fromkeys(found)))


def _flag(given: Given, field: Field) -> Tree | Wrong:
    word, known = ascii_lower(given.values[0][0].strip()), _flags(given.kinds)
    if len(given.values) > 1:
        return Wrong("is: takes one word", "Join two by or: (is:held or is:waiting)")
    return Flag(word) if word in known else _unknown(given, field, word, known)


def _unknown(given: Given, field: Field, word: str, known: list[str]) -> Wrong:
    begun = [each for each in known if each.startswith(word)]
    if begun and given.is_last:
        return Wrong(f"{field.name}:{word} …", "Go on to " + ", ".join(begun), is_open=True)
    step = did_you_mean(word, known, "One of " + ", ".join(known))
    return Wrong(f"{field.name} cannot be {word!r}", step)


def _name(given: Given, field: Field) -> Tree | Wrong:
    found = []
    for value, is_quoted in given.values:
        name = ascii_lower(value.strip())
        if not name:
            return Wrong(f"a value of {field.name} is empty", "Write none for nothing")
        if len(name) > LONGEST_NAME:
            return Wrong(f"no {field.name} has more than {LONGEST_NAME} letters", "Name its beginning")
        if not is_quoted and field.name == "owner" and name.startswith("@"):
            name = name[1:] or "@"
            name = ME if name == "me" else name
        found.append(NOBODY if name == "none" and not is_quoted else name)
    return Name(field.name, tuple(dict.fromkeys(found)), given.op is Op.EXACTLY)


def _number(given: Given, field: Field) -> Tree | Wrong:
    found = []
    for value, _ in given.values:
        text = value.strip()
        if field.name != "id":
            text = text.removeprefix("P").removeprefix("p")
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            return Wrong(f"{field.name} is a number, not {value!r}", f"For example {field.example}")
        if field.name != "id" and int(text) not in PRIORITIES:
            return Wrong(f"{given.typed} {int(text)} does not exist", "1 (worst), 2, 3 or 4")
        found.append(int(text))
    op = Op.IS if given.op is Op.EXACTLY else given.op
    if op is not Op.IS and len(found) > 1:
        return Wrong(
            f"{op} compares with one number",
            f"Write {field.name}:{','.join(map(str, found))} for one of them",
        )
    return Number(field.name, op, tuple(dict.fromkeys(found)))


def _when(given: Given, field: Field) -> Tree | Wrong:
    if len(given.values) > 1:
        return Wrong(
            f"{field.name} is compared with one moment",
            f"From one day to another: {field.name}:2026-11-01..2026-11-07",
        )
    text = given.values[0][0].strip()
    first, dots, last = text.partition("..")
    op = Op.IS if given.op is Op.EXACTLY else given.op
    moment = _moment(first, given)
    if isinstance(moment, Wrong):
        return moment
    if dots:
        return _range(given, field, moment, last, op)
    if moment is Word.NONE and op is not Op.IS:
        return Wrong("none has no order", f"Write {field.name}:none")
    if isinstance(moment, Span) and op is Op.IS:
        op = Op.UPTO
    return When(field.name, op, moment)


def _range(given: Given, field: Field, first: Moment, text: str, op: Op) -> Tree | Wrong:
    if not text:
        return Wrong(f"{field.name}: up to when?", "The last day of it", is_open=given.is_last)
    last = _moment(text, given)
    if isinstance(last, Wrong):
        return last
    if op is not Op.IS or any(isinstance(each, Span) or each is Word.NONE for each in (first, last)):
        return Wrong(".. stands between two days", f"For example {field.name}:2026-11-01..2026-11-07")
    return When(field.name, op, first, last)


def _moment(text: str, given: Given) -> Moment | Wrong:
    text = ascii_lower(text.strip())
    if text in {str(word) for word in Word}:
        return Word(text)
    span = _SPAN.fullmatch(text)
    if span and text.isascii():
        return _span(span)
    day = _DAY.fullmatch(text)
    if day and text.isascii():
        try:
            at = datetime(*(int(part or 0) for part in day.groups()), tzinfo=UTC)  # type: ignore[arg-type,misc]
        except ValueError:
            return Wrong(f"there is no {text}", "A day is year-month-day, as 2026-11-01")
        if at.year not in _YEARS:
            return Wrong(f"{at.year} is too far away", f"Years go from {_YEARS[0]} to {_YEARS[-1]}")
        return Day(at, day[4] is not None)
    is_begun = given.is_last and re.fullmatch(r"-?\d{0,6}|\d{4}-[\dt:_-]*", text) is not None
    is_begun = is_begun or (given.is_last and any(str(word).startswith(text) for word in Word))
    step = f"Write {_MOMENTS}"
    return Wrong(f"{given.typed}{given.op}{text} …" if is_begun else f"{text!r} is no moment", step, is_begun)


def _span(span: re.Match[str]) -> Moment | Wrong:
    found = Span(int(span[2]), span[3][0], bool(span[1]) and int(span[2]) > 0)
    if abs(found.length.days) > 36525:
        return Wrong(f"{span[0]} is longer than a hundred years", "Say less")
    return found


_READERS = {
    Sort.STATE: _state, Sort.FLAG: _flag, Sort.NAME: _name, Sort.NUMBER: _number, Sort.PAST: _when, Sort.COMING: _when,
}  # fmt: skip
