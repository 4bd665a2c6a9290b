"""How many bytes a text has, as each database says it: the server knows without reading the text."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class octets(GenericFunction[int]):  # noqa: N801  (as it is called)
    """The bytes of a text."""

    type = Integer()
    inherit_cache = True


@compiles(octets)
def _standard(element: octets, compiler: Any, **how: Any) -> str:
    return f"octet_length({compiler.process(element.clauses, **how)})"


@compiles(octets, "sqlite")
def _embedded(element: octets, compiler: Any, **how: Any) -> str:
    return f"length(CAST({compiler.process(element.clauses, **how)} AS BLOB))"
