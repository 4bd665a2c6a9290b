"""A tree as it would be typed: read again, it is the same tree. Pure."""

from __future__ import annotations

from core.desk.finding.tree import (
    ME,
    NOBODY,
    All,
    Either,
    Flag,
    Label,
    Name,
    Not,
    Number,
    Said,
    State,
    Tree,
    When,
)

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-:/+@")


def printed(tree: Tree) -> str:
    """Returns a tree as text."""
    match tree:
        case All(parts):
            return " ".join(_grouped(part) for part in parts)
        case Either(parts):
            return " or ".join(printed(part) for part in parts)
        case Not(part):
            return f"-{_grouped(part, inside_not=True)}"
        case Said(words):
            is_bare = len(words) == 1 and words[0] != "or"
            return words[0] if is_bare else f'"{" ".join(words)}"'
        case State(words):
            return "state:" + ",".join(word.replace(" ", "-") for word in words)
        case Flag(word):
            return f"is:{word}"
        case Name(field, values, is_exact):
            return f"{field}{'=' if is_exact else ':'}{','.join(map(_value, values))}"
        case Number(field, op, values):
            return f"{field}{op}{','.join(map(str, values))}"
        case Label(kind, number):
            return f"{kind[0].upper()}-{number}"
        case When(field, op, moment, last):
            return f"{field}{op}{moment}" + (f"..{last}" if last is not None else "")


def _grouped(part: Tree, *, inside_not: bool = False) -> str:
    needs = isinstance(part, Either) or (inside_not and isinstance(part, All))
    return f"({printed(part)})" if needs else printed(part)


def _value(value: str) -> str:
    if value == NOBODY:
        return "none"
    if value == ME:
        return "@me"
    if value != "none" and value[0] != "@" and _PLAIN.issuperset(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
