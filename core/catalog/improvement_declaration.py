"""`[[cause]]` and `[[improvement]]` as they are written in a catalog file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from core.catalog import improvement
from core.catalog.fields import Duration, Id, Title  # noqa: TC001 – they are read at run time
from core.catalog.improvement import USUAL_RULES
from core.catalog.probe_declaration import Declaration
from core.catalog.quoting import short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.catalog.entry import Entry
    from core.catalog.positions import KeyPath

Origin = Literal["by hand", "incident", "review", "finding", "signal", "low score", "missed target"]


class CauseDeclaration(Declaration):
    """`[[cause]]`: a category of causes."""

    id: Id
    title: Title

    def value(self) -> improvement.Cause:
        """Returns the category."""
        return improvement.Cause(self.id, self.title)


class ImprovementDeclaration(Declaration):
    """`[[improvement]]`: the rules of corrective actions."""

    id: Id
    approve: list[Origin] = Field(default=[])
    missed_targets: bool = False
    due_after: Duration = USUAL_RULES.due_after_s
    check_after: Duration = USUAL_RULES.check_after_s
    watch: Duration = USUAL_RULES.watch_s

    def value(self) -> improvement.Improvement:
        """Returns the rules."""
        return improvement.Improvement(
            self.id, tuple(self.approve), self.missed_targets, self.due_after, self.check_after, self.watch
        )


def only_one(entries: list[Entry]) -> Iterator[tuple[Entry, KeyPath, str, str]]:
    """Yields every `[[improvement]]` but the first: rules of two kinds would leave open which of them count."""
    found = [entry for entry in entries if entry.kind == "improvement"]
    for entry in found[1:]:
        what = f'the rules of corrective actions are declared already, as "{short(found[0].id)}"'
        yield entry, ("id",), what, "Take one of the two out"
