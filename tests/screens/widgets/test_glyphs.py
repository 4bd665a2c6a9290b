"""States as signs and words."""

from __future__ import annotations

import itertools

import pytest
from rich.cells import cell_len

from core.errors import BadInput
from core.monitoring.model import State
from screens.tones import Tone
from screens.widgets.glyphs import ASCII, UNICODE, Glyphs, choose_glyphs, legend, state_look

BOTH = pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=lambda glyphs: glyphs.name)


@BOTH
def test_every_look_is_one_cell_a_blank_and_at_most_six_more(glyphs: Glyphs) -> None:
    for state, soft, flapping, stale in itertools.product(State, (False, True), (False, True), (False, True)):
        look = state_look(state, glyphs, soft=soft, flapping=flapping, stale=stale)
        assert cell_len(look.glyph) == 1
        assert cell_len(look.word) <= 6


@BOTH
def test_states_differ_in_glyph_and_in_word_without_any_colour(glyphs: Glyphs) -> None:
    looks = [state_look(state, glyphs) for state in State] + [state_look(State.OK, glyphs, stale=True)]

    assert len({look.glyph for look in looks}) == len(looks)
    assert len({look.word for look in looks}) == len(looks)


def test_a_soft_state_is_written_small_with_a_tilde() -> None:
    assert state_look(State.CRITICAL, UNICODE).text == "■ CRIT"
    assert state_look(State.CRITICAL, UNICODE, soft=True).text == "■ crit~"
    assert state_look(State.UNREACHABLE, UNICODE, soft=True).text == "◇ unrch~"


def test_flapping_keeps_the_glyph_of_its_state() -> None:
    assert state_look(State.WARNING, UNICODE, flapping=True).text == "▲ FLAP"


def test_what_is_stale_is_never_shown_as_good() -> None:
    look = state_look(State.OK, UNICODE, stale=True)

    assert (look.text, look.tone) == ("○ STALE", Tone.STALE)


def test_the_ascii_set_is_ascii() -> None:
    assert all(
        sign.isascii()
        for sign in (
            *ASCII.states.values(),
            ASCII.stale,
            ASCII.cursor,
            ASCII.levels,
            ASCII.ellipsis,
            ASCII.wall,
        )
    )


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"LANG": "en_GB.UTF-8", "TERM": "xterm-256color"}, "unicode"),
        ({"LC_ALL": "C.utf8", "TERM": "tmux-256color"}, "unicode"),
        ({"LANG": "C", "TERM": "xterm-256color"}, "ascii"),
        ({"LC_ALL": "C", "LANG": "en_GB.UTF-8"}, "ascii"),
        ({"LANG": "de_DE.ISO-8859-1"}, "ascii"),
        ({"LANG": "en_GB.UTF-8", "TERM": "linux"}, "ascii"),
        ({}, "ascii"),
    ],
)
def test_the_set_follows_locale_and_terminal(environ: dict[str, str], name: str) -> None:
    assert choose_glyphs("auto", environ).name == name


def test_the_setting_decides_over_the_locale() -> None:
    assert choose_glyphs("ascii", {"LANG": "C.UTF-8"}) is ASCII
    assert choose_glyphs("unicode", {"LANG": "C"}) is UNICODE
    with pytest.raises(BadInput, match="use auto, unicode or ascii"):
        choose_glyphs("emoji", {})  # type: ignore[arg-type]


def test_the_legend_shows_every_state() -> None:
    assert {look.glyph for look, _ in legend(UNICODE)} >= {*UNICODE.states.values(), UNICODE.stale}
