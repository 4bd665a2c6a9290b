"""The small files of the demonstration: what tools, lists and logs say in its month. Days in them are counted from its end.

A paper says `${D-12}` for the day twelve days before the month ends, `${FOLDER}` for the demonstration's own folder, and
`${STAFF_ID}`, `${STAFF_LOGIN}`, `${STAFF_NAME}` for whoever looks at it.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from console.starter.surroundings import Person

_FILES = Path(__file__).parent / "files"
_DAY = re.compile(r"\$\{D([+-]\d+)\}")


class Papers(NamedTuple):
    """Fills papers in and puts them into a demonstration's folder, and nowhere else."""

    folder: Path
    last_day: date
    person: Person

    def text(self, name: str, quoted: Callable[[str], str] = str) -> str:
        """Returns a paper of the package, filled in; `quoted` makes a value harmless in what it is written into."""
        text = (_FILES / name).read_text(encoding="utf-8")
        text = _DAY.sub(lambda found: str(self.last_day + timedelta(days=int(found[1]))), text)
        values = {
            "FOLDER": str(self.folder), "STAFF_ID": self.person.id, "STAFF_LOGIN": self.person.login,
            "STAFF_NAME": self.person.name,
        }  # fmt: skip
        for word, value in values.items():
            text = text.replace(f"${{{word}}}", quoted(value))
        return text

    def put(self, name: str, place: str) -> Path:
        """Writes a paper at a place in the folder, over what was there, and returns where it lies."""
        path = self.folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.text(name), encoding="utf-8")
        return path

    def add(self, lines: str, place: str) -> None:
        """Writes lines behind what stands at a place in the folder."""
        path = self.folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(lines)
