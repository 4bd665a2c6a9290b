"""The help of one view: its keys, the grammar, and what the signs mean. Longer than the screen, it scrolls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.gate.model import VERBS
from core.gate.rights import KEEPING, NEEDED, PEOPLE, WORDS, Role, needed_for, own_role
from screens.boxes.read import ReadBox
from screens.registry import shown_key
from screens.tones import Tone
from screens.widgets.cells import folded_spans, width_of
from screens.widgets.glyphs import Glyphs, legend
from screens.widgets.grid_keys import GRID_KEYS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from screens.registry import Action
    from screens.widgets.lines import TextLine

GRAMMAR = (
    "Choose a row, or mark several with space; then press a verb's key. Digits change the screen. esc goes back.",
    "Small letters act at once and can be undone with u for a minute; capital letters open a box first.",
    "In a field, ctrl+o opens its text in your editor ($VISUAL, $EDITOR); ↵ in it stands for the end of a line.",
    "In WATCH nothing acts on the service system; O unlocks OPERATE for 15 minutes, with a reason.",
)

KEYS_WIDE = 12


def help_lines(
    actions: Sequence[tuple[Action, str | None]], title: str, glyphs: Glyphs, roles: Collection[Role] | None
) -> list[TextLine]:
    """Returns the help's lines. An action that is not possible now says why; None for roles that are not known."""
    lines: list[TextLine] = [[(f" {title}: keys", Tone.STRONG)], []]
    keyed = [(_called(action), action, why_not) for action, why_not in actions]
    wide = max([KEYS_WIDE, *(width_of(keys) + 1 for keys, _, _ in keyed)])
    for keys, action, why_not in keyed:
        text = f"{action.help}" + (f"  (not now: {why_not})" if why_not else "")
        lines.append(
            [(f"  {keys:<{wide}}", Tone.ACCENT), (f"{action.label:<18}", Tone.TEXT), (text, Tone.MUTED)]
        )
    if roles is not None:
        lines += [[], [(" Your role", Tone.STRONG)], [], *role_lines(roles)]
    lines += [[], [(" In every list", Tone.STRONG)], []]
    for key in GRID_KEYS:
        keys = " ".join(shown_key(each) for each in key.keys)
        lines.append([(f"  {keys:<12}", Tone.ACCENT), (key.text, Tone.MUTED)])
    lines += [[], [(" How it works", Tone.STRONG)], []]
    lines += [[("  ", Tone.TEXT), (text, Tone.MUTED)] for text in GRAMMAR]
    lines += [[], [(" Signs", Tone.STRONG)], []]
    lines += [
        [("  ", Tone.TEXT), (f"{look.text:<10}", look.tone), (words, Tone.MUTED)]
        for look, words in legend(glyphs)
    ]
    return lines


def _called(action: Action) -> str:
    """Returns the keys of an action; of one that has none, what is typed for it behind `:`."""
    name = action.id.removeprefix("go.").replace("_", "-") if action.id.startswith("go.") else action.id
    return " ".join(shown_key(key) for key in action.keys) or f":{name}"


def role_lines(roles: Collection[Role]) -> list[TextLine]:
    """Returns what who has these roles may do here, and what not and who may."""
    if frozenset(roles) == frozenset(Role):
        return [[("  every role  ", Tone.ACCENT), ("may do all that is done here", Tone.MUTED)]]
    named = own_role(roles)
    means = "; ".join(WORDS[role] for role in Role if role in named.split(" and ")) or "an admin gives one"
    lines: list[TextLine] = [[(f"  {named or 'none':<12}", Tone.ACCENT), (means, Tone.MUTED)]]
    may = [words for needed, words in _doings() if not needed.isdisjoint(roles)]
    lines.append([("  may         ", Tone.OK), (", ".join(may) or "nothing", Tone.MUTED)])
    for role in PEOPLE:
        others = [words for needed, words in _doings() if role in needed and needed.isdisjoint(roles)]
        if others:
            lines.append(
                [("  may not     ", Tone.WARNING), (f"as {role} may: {', '.join(others)}", Tone.MUTED)]
            )
    return lines


def _doings() -> list[tuple[frozenset[Role], str]]:
    """Returns the least roles for each doing, and its words."""
    kept = [(frozenset({needed}), words) for needed, words in KEEPING.values() if needed is not None]
    return [*((frozenset(needed_for(verb)), VERBS[verb].words) for verb in NEEDED), *kept]


class HelpBox(ReadBox):
    """Shows the help until esc."""

    def __init__(
        self, actions: Sequence[tuple[Action, str | None]], title: str, roles: Collection[Role] | None = None
    ) -> None:
        super().__init__(self._text)
        self._actions, self._title, self._roles = actions, title, roles

    def _text(self, width: int, glyphs: Glyphs) -> list[TextLine]:
        lines = help_lines(self._actions, self._title, glyphs, self._roles)
        return [part for line in lines for part in folded_spans(line, width, _hangs_at(line))]


def _hangs_at(line: TextLine) -> int:
    """Returns the cell below which a line goes on: where its last text begins."""
    return sum(width_of(text) for text, _ in line[:-1])
