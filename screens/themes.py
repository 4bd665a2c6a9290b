"""Themes: the one place where a tone becomes a colour.

What each theme looks like is data, in `styles/themes.toml`; this module reads it, hands the framework
its part, and gives widgets a `Palette`.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.style import Style

import styles
from core.errors import BadInput
from screens.tones import Tone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import App
    from textual.theme import Theme

DEFAULT = "dark"
MONOCHROME = "terminal-16"
"""The theme under which NO_COLOR leaves the terminal's own two colours and nothing else."""

_LAID_OVER = (Tone.CURSOR, Tone.CURSOR_AWAY)


@dataclass(frozen=True)
class Palette:
    """The styles of one theme. `ground` is what lies under all text: its colour and the background."""

    name: str
    ground: Style
    tones: Mapping[Tone, Style]
    _laid: dict[tuple[Tone, Tone | None], Style] = field(default_factory=dict, repr=False, compare=False)

    def style(self, tone: Tone, over: Tone | None = None) -> Style:
        """Returns the style of a tone; on a line with the cursor, `over` is the cursor's tone.

        A reversed or underlined cursor shows its whole line alike, because pieces of many colours
        turned inside out cannot be read.
        """
        key = (tone, over)
        if (style := self._laid.get(key)) is None:
            if over is None:
                style = self.ground + self.tones[tone]
            elif self.tones[over].bgcolor is None:
                style = self.ground + self.tones[over]
            else:
                style = self.ground + self.tones[tone] + self.tones[over]
            self._laid[key] = style
        return style


@cache
def _read() -> Mapping[str, Mapping[str, Any]]:
    path = Path(next(iter(styles.__path__))) / "themes.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def theme_names() -> tuple[str, ...]:
    """Returns the names of all themes, the default first."""
    return tuple(_read())


def check_theme(name: str) -> str:
    """Returns `name` if there is such a theme. Raises BadInput with the names there are."""
    if name not in _read():
        known = ", ".join(theme_names())
        raise BadInput(f"there is no theme called {name!r}", where="theme", next_step=f"use one of {known}")
    return name


@cache
def palette(name: str) -> Palette:
    """Returns the palette of a theme; a theme that is not of ours has the default's."""
    entry = _read().get(name) or _read()[DEFAULT]
    frame = entry["frame"]
    tones = {tone: Style.parse(entry["tones"][tone]) for tone in Tone}
    if "NO_COLOR" in os.environ:
        return Palette(name, Style(), {tone: style.without_color for tone, style in tones.items()})
    ground = Style() if entry.get("ansi") else Style.parse(f"{frame['foreground']} on {frame['background']}")
    return Palette(name, ground, tones)


def register(app: App[Any]) -> None:
    """Makes every theme known to the app, so that `app.theme` can be set to it."""
    for name in theme_names():
        app.register_theme(framework_theme(name))


def framework_theme(name: str) -> Theme:
    """Returns a theme as the framework wants it.

    Style sheets find every tone with a colour as `$tone-NAME`, so that what they colour and what
    the grid draws agree.
    """
    from textual.theme import Theme

    entry = _read()[name]
    return Theme(
        name=name,
        dark=entry["dark"],
        ansi=entry.get("ansi", False),
        variables={**entry.get("variables", {}), **_variables(entry)},
        **entry["frame"],
    )


def _variables(entry: Mapping[str, Any]) -> dict[str, str]:
    ansi, frame = entry.get("ansi", False), entry["frame"]
    variables: dict[str, str] = {}
    for tone in Tone:
        style = Style.parse(entry["tones"][tone])
        colour = style.bgcolor if tone in _LAID_OVER else style.color
        fallback = frame["panel"] if tone in _LAID_OVER else frame["foreground"]
        name = "" if colour is None else colour.name
        variables[f"tone-{tone}"] = (f"ansi_{name}" if ansi else name) if name else fallback
    return variables
