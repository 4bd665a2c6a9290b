"""Everything a console is started with. Light: made before the first frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from console.connections.place import Place
    from core.journal.model import Via
    from screens.widgets.glyphs import Glyphs


@dataclass(frozen=True, slots=True)
class Person:
    """Who writes and from which seat; the same shape as core.store.work.Author, without its imports."""

    actor: str
    via: Via
    seat: str


@dataclass(frozen=True, slots=True)
class Setup:
    """The places, the person, and the looks of one console."""

    database: Place
    catalog: Path
    state: Path
    author: Person
    place: str  # the name shown first in the header
    theme: str
    glyphs: Glyphs
    keymap: Mapping[str, tuple[str, ...]]
    first_view: str = ""
    hosts_agent: bool = True
    is_demo: bool = False  # its database was made to look at
    is_wall: bool = False  # it only watches: no key and no command of it changes anything
