"""`among(column, "ids")`: a condition with a list of numbers as one parameter, so that a statement is made ready once for any length."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Integer, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.visitors import InternalTraversal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.sql.compiler import SQLCompiler


class among(ColumnElement[bool]):  # noqa: N801
    """Whether a column is one of the numbers given when it is asked, in the form of `numbers`."""

    _traverse_internals = [  # noqa: RUF012 (as its base has it)
        ("column", InternalTraversal.dp_clauseelement), ("parameter", InternalTraversal.dp_clauseelement),
    ]  # fmt: skip
    type = Integer()  # type: ignore[assignment] # as a Boolean it would be compared with 1, which no index serves

    def __init__(self, column: ColumnElement[int], name: str) -> None:
        self.column = column
        self.parameter = bindparam(name, type_=Text())


def numbers(of: Iterable[int]) -> str:
    """Returns numbers as `among` takes them."""
    return json.dumps(list(of))


@compiles(among, "sqlite")
def _embedded(element: among, compiler: SQLCompiler, **options: Any) -> str:
    column, parameter = (compiler.process(part, **options) for part in (element.column, element.parameter))
    return f"{column} IN (SELECT value FROM json_each({parameter}))"  # noqa: S608 (both are compiled)


@compiles(among, "postgresql")
def _shared(element: among, compiler: SQLCompiler, **options: Any) -> str:
    column, parameter = (compiler.process(part, **options) for part in (element.column, element.parameter))
    return f"{column} = ANY (CAST(translate({parameter}, '[]', '{{}}') AS bigint[]))"
