"""Regular expressions that a site writes, matched by RE2: the time a match takes grows with the text, never beyond that.

Python's own engine tries ways of matching one after the other: an expression such as `(a+)+$` holds it for years. RE2 follows
all ways at once. What it cannot follow (a look around, a reference back) is refused when the expression is read.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Mapping

Text = TypeVar("Text", str, bytes)

LARGEST = 1500
"""So many steps an expression is made of at most: each byte of a text may have to pass every one of them."""
MEMORY = 1 << 20
"""So much an expression may keep of the ways it has followed."""
_FROM_NONE = re.compile(r"(?<!\\)\{,\d+\}")
NEEDED = "Install it: pip install google-re2"
SYNTAX = "https://github.com/google/re2/wiki/Syntax"


class Found(Protocol[Text]):
    """A match."""

    def groupdict(self) -> Mapping[Text, Text | None]:
        """Returns the named groups; None for one that took no part. Names are of the kind of the text."""
        ...


class Expression(Protocol[Text]):
    """An expression that is compiled."""

    @property
    def groupindex(self) -> Mapping[Text, int]:
        """The named groups."""
        ...

    def search(self, text: Text) -> Found[Text] | None:
        """Returns the first match in a text; None for none."""
        ...

    def fullmatch(self, text: Text) -> Found[Text] | None:
        """Returns the match of a whole text; None for none."""
        ...


class Unusable(Exception):
    """An expression that is refused: what of it, and what to do."""

    def __init__(self, what: str, next_step: str) -> None:
        super().__init__(f"{what}. {next_step}")
        self.what, self.next_step = what, next_step


@overload
def compiled(text: str, *, ignores_case: bool = ..., dot_is_all: bool = ...) -> Expression[str]: ...
@overload
def compiled(text: bytes, *, ignores_case: bool = ..., dot_is_all: bool = ...) -> Expression[bytes]: ...
def compiled(text: Any, *, ignores_case: bool = False, dot_is_all: bool = False) -> Any:
    """Returns an expression compiled; one of bytes is held against bytes, whatever they are. Raises Unusable."""
    re2 = _engine()
    options = re2.Options()
    options.log_errors, options.max_mem = False, MEMORY
    options.case_sensitive, options.dot_nl = not ignores_case, dot_is_all
    if isinstance(text, bytes):
        options.encoding = re2.Options.Encoding.LATIN1
    written = text.decode() if isinstance(text, bytes) else text
    if found := _FROM_NONE.search(written):
        what = f"holds {found[0]}, which is read in several ways"
        raise Unusable(what, f"Write {{0{found[0][1:]}")
    try:
        expression = re2.compile(text, options=options)
    except re2.error as error:
        raise Unusable(*_why(error)) from error
    if expression.programsize > LARGEST:
        what = f"is too large: {expression.programsize} steps, where {LARGEST} are the most"
        raise Unusable(what, "Make it simpler: a count of {1,500} repeats what it stands behind so often")
    return expression


def named_groups(found: Found[bytes]) -> dict[str, bytes | None]:
    """Returns what the named groups of an expression of bytes hold, by their names."""
    return {name.decode(): value for name, value in found.groupdict().items()}


def _why(error: Exception) -> tuple[str, str]:
    """Returns why RE2 refuses an expression, and what to do."""
    first = error.args[0] if error.args else ""
    said = first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)
    if "perl operator" in said:
        step = "Do without: what looks around or back cannot be matched in a time that is known beforehand"
        return f"asks for what is not known here: {said}", step
    return f"is not a regular expression: {said}", f"Escape what is meant literally with \\; see {SYNTAX}"


def _engine() -> Any:
    try:
        return import_module("re2")
    except ImportError as error:
        raise Unusable("cannot be used: google-re2 is not installed", NEEDED) from error
