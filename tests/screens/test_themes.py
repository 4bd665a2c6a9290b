"""Themes: complete, readable, and told apart by those who see colours differently."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from rich.style import Style

from core.errors import BadInput
from screens import themes
from screens.tones import Tone, bars_tone

if TYPE_CHECKING:
    from rich.color import Color

OURS = [name for name in themes.theme_names() if name != themes.MONOCHROME]
RGB = tuple[float, float, float]


def rgb(colour: Color | None) -> RGB:
    assert colour is not None
    red, green, blue = colour.get_truecolor()
    return red / 255, green / 255, blue / 255


def linear(colour: RGB) -> RGB:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour)
    return red, green, blue


def luminance(colour: RGB) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(style: Style) -> float:
    """WCAG 2.2, "contrast ratio"."""
    light, dark = sorted((luminance(rgb(style.color)), luminance(rgb(style.bgcolor))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", themes.theme_names())
def test_every_theme_gives_every_tone_a_style(name: str) -> None:
    palette = themes.palette(name)

    assert set(palette.tones) == set(Tone)
    assert set(themes.framework_theme(name).variables) >= {f"tone-{tone}" for tone in Tone}


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("over", [None, Tone.CURSOR, Tone.CURSOR_AWAY])
def test_every_tone_can_be_read_on_every_ground(name: str, over: Tone | None) -> None:
    palette = themes.palette(name)
    least = 7.0 if name == "high-contrast" and over is None else 4.5
    faint = {Tone.GONE, Tone.CURSOR, Tone.CURSOR_AWAY}

    ratios = {tone: contrast(palette.style(tone, over)) for tone in Tone if tone not in faint}

    assert {tone: round(ratio, 1) for tone, ratio in ratios.items() if ratio < least} == {}
    assert contrast(palette.style(Tone.GONE, over)) >= 3.0


# Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision
# Deficiency" (2009), severity 1.0, on linear light.
DEUTERANOPIA = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)
PROTANOPIA = (
    (0.152286, 1.052583, -0.204868),
    (0.114503, 0.786281, 0.099216),
    (-0.003882, -0.048116, 1.051998),
)


def lab(colour: RGB) -> RGB:
    """CIE 1976 L*a*b* of linear light, D65."""
    red, green, blue = colour
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (c ** (1 / 3) if c > 0.008856 else 7.787 * c + 16 / 116 for c in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def seen(colour: RGB, matrix: tuple[RGB, ...]) -> RGB:
    light = linear(colour)
    red, green, blue = (
        min(max(sum(factor * part for factor, part in zip(row, light, strict=True)), 0.0), 1.0)
        for row in matrix
    )
    return red, green, blue


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("matrix", [DEUTERANOPIA, PROTANOPIA], ids=["deuteranopia", "protanopia"])
def test_ok_warning_and_critical_stay_apart_without_red_and_green(name: str, matrix: tuple[RGB, ...]) -> None:
    palette = themes.palette(name)
    states = {
        tone: lab(seen(rgb(palette.tones[tone].color), matrix))
        for tone in (Tone.OK, Tone.WARNING, Tone.CRITICAL)
    }

    for one, other in itertools.combinations(states, 2):
        apart = sum((a - b) ** 2 for a, b in zip(states[one], states[other], strict=True)) ** 0.5
        assert apart > 15, f"{one} and {other} look alike: {apart:.0f}"


def test_the_terminals_own_colours_are_left_to_it() -> None:
    palette = themes.palette(themes.MONOCHROME)

    assert palette.ground == Style()
    assert all(
        not style.bgcolor and (not style.color or style.color.number is not None)
        for style in palette.tones.values()
    )
    assert themes.framework_theme(themes.MONOCHROME).ansi


def test_a_theme_that_is_not_there_is_refused_with_those_that_are() -> None:
    assert themes.check_theme("light") == "light"
    with pytest.raises(BadInput, match=r"there is no theme called 'solarised'.*use one of dark, light"):
        themes.check_theme("solarised")


@pytest.mark.parametrize("name", themes.theme_names())
def test_bars_are_never_turned_inside_out(name: str) -> None:
    for tone in (Tone.CRITICAL, Tone.WARNING, Tone.OK, Tone.UNREACHABLE):
        assert not themes.palette(name).tones[bars_tone(tone)].reverse
