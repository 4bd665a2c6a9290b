"""What the validator finds, in an operator's words: path, what is wrong, what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from core.catalog.declaration import KINDS
from core.catalog.nearest import did_you_mean, listed, nearest
from core.catalog.probe_declaration import PROBES
from core.catalog.quoting import short, value_shown

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from core.catalog.positions import KeyPath

_WRONG_TYPE = {
    "string_type": "text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong inside an entry; all paths are below the entry.

    `rests_on` are the other keys it was judged by. `first` is another place to name (the first of two
    alike). `meant` is the key, `meant_kind` the kind of probe, that was likely meant.
    """

    path: KeyPath
    what: str
    next_step: str
    rests_on: tuple[KeyPath, ...] = ()
    first: KeyPath | None = None
    meant: str = ""
    meant_kind: str = ""
    is_missing: bool = False


def finding(error: ErrorDetails, kind: str, raw: dict[str, Any]) -> Finding:
    """Returns what one error of the validator says about an entry of `kind`, as written in `raw`."""
    context = error.get("ctx", {})
    loc = error["loc"]
    path = written_path(loc, raw)
    match error["type"]:
        case "told":
            first = None if context["first"] is None else (*path, *context["first"])
            rests_on = tuple((*path, *other) for other in context["concerns"])
            return Finding((*path, *context["at"]), context["what"], context["next_step"], rests_on, first)
        case "extra_forbidden":
            key = str(loc[-1])
            keys = _keys_at(kind, loc)
            meant = _likely(key, keys)
            step = f'Did you mean "{meant}"?' if meant else f"The keys are: {listed(keys, 30)}"
            return Finding(path, f'there is no key "{short(key)}" here', step, meant=meant)
        case "missing":
            return Finding(path, f'the key "{loc[-1]}" is missing', f"Add {loc[-1]}", is_missing=True)
        case "union_tag_not_found":
            step = f"Add kind, one of {listed(PROBES)}"
            return Finding((*path, "kind"), 'the key "kind" is missing', step)
        case "union_tag_invalid":
            tag = str(context["tag"])  # also of what is no text
            meant = _likely(tag, tuple(PROBES))
            step = f'Did you mean "{meant}"?' if meant else f"The kinds are: {listed(PROBES)}"
            return Finding(
                (*path, "kind"), f'there is no kind of probe "{short(tag)}"', step, meant_kind=meant
            )
        case "literal_error":
            return Finding(path, *_choice(error["input"], str(context["expected"])))
        case other:
            return Finding(path, *_bounds_or_type(other, context, error))


@lru_cache(maxsize=1024)
def _likely(word: str, names: tuple[str, ...]) -> str:
    """Returns the nearest name; remembered, for the same mistake is often made in every table of a file."""
    return nearest(word, names)


def _choice(value: Any, expected: str) -> tuple[str, str]:
    names = tuple(re.findall(r"'([^']*)'", expected))
    if not isinstance(value, str):
        return f"must be one of {listed(names)}", "Write it in quotes"
    return f'"{short(value)}" is not one of {listed(names)}', did_you_mean(
        value, names, f"Use one of {listed(names)}"
    )


def written_path(loc: tuple[int | str, ...], raw: dict[str, Any]) -> KeyPath:
    """Returns the validator's place as a path through the entry as written.

    The validator adds the probe's kind after its index, and sees single values as lists; neither
    stands in the file.
    """
    steps = (*loc[:2], *loc[3:]) if loc[:1] == ("probe",) and len(loc) > 2 else loc
    path: KeyPath = ()
    value: Any = raw
    for step in steps:
        if isinstance(value, dict):
            path = (*path, step)
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            path = (*path, step)
            value = value[step]
        else:
            break
    return path


def _keys_at(kind: str, loc: tuple[int | str, ...]) -> tuple[str, ...]:
    """Returns the keys that may stand in the table in which the last step of `loc` does not belong."""
    declared: Any = KINDS[kind]
    for step in loc[:-1]:
        if isinstance(declared, dict):
            declared = declared.get(step, declared)
        elif step in declared.nested:
            declared = declared.nested[step]
    return tuple(item.alias or name for name, item in declared.model_fields.items())


def _bounds_or_type(sort: str, context: dict[str, Any], error: ErrorDetails) -> tuple[str, str]:
    value = error["input"]
    match sort:
        case "greater_than_equal":
            return f"is {value}; it must be at least {context['ge']}", f"Write {context['ge']} or more"
        case "less_than_equal":
            return f"is {value}; it must be at most {context['le']}", f"Write {context['le']} or less"
        case "too_short":
            return "is empty", "Name at least one"
        case "too_long":
            return f"has more than {context['max_length']} parts", "Use fewer"
        case _ if sort in _WRONG_TYPE:
            wanted = _WRONG_TYPE[sort]
            return f"must be {wanted}, not {value_shown(value)}", _step_to(wanted, value, error["loc"])
        case _:
            return error["msg"], ""


def _step_to(wanted: str, value: Any, loc: tuple[int | str, ...]) -> str:
    key = loc[-1]
    if wanted == "text":
        return "Write it in quotes" if not isinstance(value, dict | list) else f'Write {key} = "…"'
    if wanted == "a list":
        return f"Write [[…{key}]] with two brackets" if isinstance(value, dict) else f"Write {key} = [ … ]"
    if wanted == "a table":
        return "Write {name = value} or a table of its own"
    return "Take the quotes away" if isinstance(value, str) else f"Write {wanted}"
