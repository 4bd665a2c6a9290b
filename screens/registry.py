"""Everything that can be done from the keyboard, as data.

Bindings, footer, help, go-line and palette all read this one list. An action names what handles it
(`do_…` on the view or the shell) and, where it changes something, the verb of core.gate that decides; what
a key is bound to decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.errors import BadInput
from core.gate.model import VERBS, Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EVERYWHERE = frozenset({"*"})
REPLAY = "replay"
"""No view: where what plays an incident belongs, on whichever screen shows it."""
DURING_REPLAY = frozenset({REPLAY})
NEVER_BOUND = frozenset(
    {
        "ctrl+a", "ctrl+b", "ctrl+s", "ctrl+backslash", "ctrl+k", "ctrl+j", "ctrl+h", "ctrl+i", "ctrl+m",
        "ctrl+enter", "shift+enter",
    }
)  # fmt: skip
_ASK = frozenset(
    {
        "operate", "go", "filter", "sort", "columns", "views", "incident.note", "incident.severity", "action.draft",
        "action.new", "action.revise", "request.tell", "request.grade", "request.assign", "request.hand_over", "request.note",
        "request.said", "request.wait", "incident.major", "incident.problem", "incident.attach", "problem.open", "problem.revise", "problem.known", "problem.note",
        "action.evidence", "request.snooze", "request.link", "incident.link", "request.checks", "request.survey", "handover.add",
        "review.draft", "review.evidence", "grant.sources", "access.ask",
        "threshold.revise", "incident.tell", "finding.assign", "finding.grade", "finding.note", "grant.note", "list.view",
        "signal.readers", "training.record",
    }
)  # fmt: skip
_LEADS_TO_A_BOX = frozenset(
    {"grant.assign", "grant.decide", "review.revoke", "review.change", "review.undecided"}
)
"""What is undone with a key, or does nothing by itself, and asks in a box all the same: the footer says so."""
SAFETY = frozenset({"back", "help", "quit", "operate", "go"})
"""Actions a keymap of one's own may move, but not take away."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done. `where` names views (`*`: every one); `rank` its place in the footer (0: not there).

    `handler` is the part of the method's name after `do_`; `verb` the verb in core, empty for what only looks.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    where: frozenset[str] = EVERYWHERE
    verb: str = ""
    rank: int = 0
    handler: str = ""
    argument: str = ""

    @property
    def method(self) -> str:
        """Returns the name of the method that does it."""
        return f"do_{self.handler or self.id.replace('.', '_').replace('-', '_')}"

    @property
    def opens_box(self) -> bool:
        """Tells whether a box follows the key; the footer then shows `…` behind the label."""
        return self.id in _LEADS_TO_A_BOX or (bool(self.verb) and VERBS[self.verb].level >= Level.BOX)

    @property
    def asks(self) -> bool:
        """Tells whether its key is followed by something typed: what is typed where no box comes is no verb."""
        return self.opens_box or self.id in _ASK

    @property
    def shown_key(self) -> str:
        """Returns its first key as people write it; empty when it has none."""
        return shown_key(self.keys[0]) if self.keys else ""

    def applies_in(self, view: str) -> bool:
        """Tells whether it belongs to that view."""
        return "*" in self.where or view in self.where


_NAMES = {
    "question_mark": "?", "colon": ":", "slash": "/", "left_square_bracket": "[", "right_square_bracket": "]",
    "minus": "-", "escape": "esc", "apostrophe": "'", "asterisk": "*", "at": "@", "less_than_sign": "<",
    "greater_than_sign": ">", "left_curly_bracket": "{", "right_curly_bracket": "}", "pagedown": "pgdn", "pageup": "pgup",
}  # fmt: skip


def shown_key(key: str) -> str:
    """Returns a key as people write it."""
    return _NAMES.get(key, key)


class Registry:
    """The actions of one console, with the keys of its user."""

    def __init__(
        self, actions: Iterable[Action], keymap: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        self.actions = tuple(_with_keymap(tuple(actions), keymap or {}))
        _check(self.actions)
        self._by_id = {action.id: action for action in self.actions}

    def __getitem__(self, action_id: str) -> Action:
        return self._by_id[action_id]

    def __contains__(self, action_id: object) -> bool:
        return action_id in self._by_id

    def bound_keys(self) -> list[str]:
        """Returns every key that is bound, once."""
        return list(dict.fromkeys(key for action in self.actions for key in action.keys))

    def for_key(self, key: str, view: str) -> Action | None:
        """Returns what `key` does in `view`; an action of the view itself comes before one of every view."""
        found = [a for a in self.actions if key in a.keys and a.applies_in(view)]
        return min(found, key=lambda a: "*" in a.where, default=None)

    def of_key(self, key: str) -> list[Action]:
        """Returns all that `key` does on the screens; where that is nothing, what it does while an incident is replayed."""
        found = [a for a in self.actions if key in a.keys]
        return [a for a in found if a.where != DURING_REPLAY] or found

    def own_of(self, key: str, view: str) -> Action | None:
        """Returns what `key` does in `view` itself, not in every view."""
        return next((a for a in self.actions if key in a.keys and view in a.where), None)

    def in_view(self, view: str) -> list[Action]:
        """Returns the actions of a view, its own first."""
        found = [a for a in self.actions if a.applies_in(view)]
        return sorted(found, key=lambda a: "*" in a.where)

    def footer(self, view: str) -> list[Action]:
        """Returns what the footer of a view shows, most important first."""
        return sorted((a for a in self.in_view(view) if a.rank), key=lambda a: a.rank)


def _with_keymap(actions: tuple[Action, ...], keymap: Mapping[str, tuple[str, ...]]) -> Iterable[Action]:
    known = {action.id for action in actions}
    for action_id in keymap:
        if action_id not in known:
            from core.catalog.nearest import did_you_mean  # only who mistyped pays for the search

            hint = did_you_mean(action_id, known, "docs/keys.md lists them")
            raise BadInput(f"there is no action {action_id!r}", where="keymap", next_step=hint)
    for action in actions:
        if action.id in keymap:
            yield replace(action, keys=tuple(_key_named(key, action.id) for key in keymap[action.id]))
        else:
            yield action


def _key_named(key: str, action_id: str) -> str:
    """Returns the name under which a key arrives. Raises BadInput for what no terminal can send."""
    from textual.keys import (  # only who has keys of his own pays for it
        Keys,
        _character_to_key,
        key_to_character,
    )

    *held, name = key.split("+") if len(key) > 1 else [key]
    if len(name) == 1:
        name = _character_to_key(name)
    elif name not in {each.value for each in Keys} and (" " in name or key_to_character(name) is None):
        name = ""
    if not name or not set(held) <= {"ctrl", "shift", "alt", "super"}:
        raise BadInput(
            f"{key!r}, which is to be the key of {action_id}, is no key", where="keymap",
            next_step="Write a letter or sign as it is typed, others as f5, ctrl+t, pageup, question_mark",
        )  # fmt: skip
    return "+".join([*held, name])


def _check(actions: tuple[Action, ...]) -> None:
    for number, action in enumerate(actions):
        if action.id in SAFETY and not action.keys:
            raise BadInput(f"{action.id} must keep a key", where="keymap", next_step="Give it another one")
        for key in action.keys:
            if key in NEVER_BOUND or key.startswith("alt+"):
                raise BadInput(
                    f"{shown_key(key)} cannot be bound to {action.id}: terminals and multiplexers take it",
                    where="keymap", next_step="Choose another key",
                )  # fmt: skip
            for other in actions[:number]:
                if key in other.keys and _meet(action, other):
                    raise BadInput(
                        f"{shown_key(key)} is bound to both {other.id} and {action.id}", where="keymap",
                        next_step="Give one of them another key",
                    )  # fmt: skip


def _meet(one: Action, other: Action) -> bool:
    if ("*" in one.where) != ("*" in other.where):
        return False  # a view's own action may stand before one of every view
    return "*" in one.where or bool(one.where & other.where)
