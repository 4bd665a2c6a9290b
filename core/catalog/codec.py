"""Values of the catalog as JSON and back, by nothing but their declarations.

For frozen dataclasses made of texts, numbers, truth values, string enums, tuples, dicts with text
keys, optional values, and unions of dataclasses told apart by their `kind`. What an older program
reads may have been written by a newer one: keys it does not know are passed over, keys that are
missing take their defaults.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from core.errors import BadInput

Value = TypeVar("Value")
_Convert = Callable[[Any], Any]
_NEWER = "It may come from a newer program: use that one"


def encode(value: Any) -> dict[str, Any]:
    """Returns a dataclass as a dict that `json.dumps` takes; equal values give equal dicts and equal text."""
    declared: Any = type(value)
    return cast("dict[str, Any]", _encoder(declared)(value))


def decode(cls: type[Value], data: Any) -> Value:
    """Returns the `cls` that `encode` made `data` from.

    Raises BadInput, with the path of keys as `where`, for a value of the wrong type, a missing key that
    has no default, or a `kind` this program does not know.
    """
    declared: Any = cls
    return cast("Value", _decoder(declared)(data))


def _refusal(what: str, where: str = "") -> BadInput:
    return BadInput(what, where=where, next_step=_NEWER)


def _within(step: str, convert: _Convert, data: Any) -> Any:
    """Returns `convert(data)`; what it refuses is told with `step` before its place."""
    try:
        return convert(data)
    except BadInput as error:
        place = f"{step}.{error.where}" if error.where else step
        raise _refusal(error.what, place) from error


@cache
def _encoder(declared: Any) -> _Convert:
    """Returns the function that turns a value of a declared type into JSON's types."""
    origin, args = get_origin(declared), get_args(declared)
    if is_dataclass(declared):
        return _dataclass_encoder(declared)
    if origin is tuple and args[-1:] == (...,):
        one = _encoder(args[0])
        return lambda value: [one(item) for item in value]
    if origin is tuple:
        each = [_encoder(arg) for arg in args]
        return lambda value: [convert(item) for convert, item in zip(each, value, strict=True)]
    if origin is dict:
        item = _encoder(args[1])
        return lambda value: {key: item(value[key]) for key in sorted(value)}
    if origin in {Union, types.UnionType}:
        return _union_encoder(args)
    if declared is float:
        return float
    if isinstance(declared, type) and issubclass(declared, Enum):
        return lambda value: value.value
    return lambda value: value


def _union_encoder(args: tuple[Any, ...]) -> _Convert:
    def convert(value: Any) -> Any:
        held: Any = type(value)
        return _encoder(float if held is int and float in args and int not in args else held)(value)

    return convert


def _dataclass_encoder(declared: Any) -> _Convert:
    hints = get_type_hints(declared)
    parts = [(item.name, _encoder(hints[item.name])) for item in fields(declared)]
    later = {item.name: item.default for item in fields(declared) if item.metadata.get("later")}
    if not later:
        return lambda value: {name: convert(getattr(value, name)) for name, convert in parts}
    return lambda value: {
        name: convert(getattr(value, name))
        for name, convert in parts
        if name not in later or getattr(value, name) != later[name]
    }


@cache
def _decoder(declared: Any) -> _Convert:
    """Returns the function that turns JSON's types into a value of a declared type."""
    origin, args = get_origin(declared), get_args(declared)
    if declared is Any:
        return lambda data: data
    if is_dataclass(declared):
        return _dataclass_decoder(declared)
    if origin is tuple:
        return _tuple_decoder(args)
    if origin is dict:
        return _dict_decoder(args[1])
    if origin in {Union, types.UnionType}:
        return _union_decoder(args)
    if origin is Literal:
        return _choice_decoder(args)
    if isinstance(declared, type) and issubclass(declared, Enum):
        by_value = {member.value: member for member in declared}
        choose = _choice_decoder(tuple(by_value))
        return lambda data: by_value[choose(data)]
    return _plain_decoder(declared)


def _plain_decoder(declared: Any) -> _Convert:
    accepted = (int, float) if declared is float else declared

    def convert(data: Any) -> Any:
        if not isinstance(data, accepted) or (isinstance(data, bool) and declared is not bool):
            raise _refusal(f"{data!r:.60} is no {declared.__name__}")
        return float(data) if declared is float else data

    return convert


def _choice_decoder(allowed: tuple[Any, ...]) -> _Convert:
    def convert(data: Any) -> Any:
        if data not in allowed:
            raise _refusal(f"{data!r:.60} is none of {', '.join(map(str, allowed))}")
        return data

    return convert


def _tuple_decoder(args: tuple[Any, ...]) -> _Convert:
    is_open = args[-1:] == (...,)
    each = [_decoder(arg) for arg in args if arg is not ...]

    def convert(data: Any) -> Any:
        if not isinstance(data, list | tuple) or not (is_open or len(data) == len(each)):
            raise _refusal(f"{data!r:.60} is no list of the right length")
        converts = each * len(data) if is_open else each
        return tuple(
            _within(str(n), convert, item)
            for n, (convert, item) in enumerate(zip(converts, data, strict=True))
        )

    return convert


def _dict_decoder(declared: Any) -> _Convert:
    one = _decoder(declared)

    def convert(data: Any) -> Any:
        if not isinstance(data, dict):
            raise _refusal(f"{data!r:.60} is no table")
        return {str(key): _within(str(key), one, item) for key, item in data.items()}

    return convert


def _union_decoder(args: tuple[Any, ...]) -> _Convert:
    """Returns the decoder of an optional value, or of dataclasses told apart by `kind`."""
    own: list[Any] = [arg for arg in args if is_dataclass(arg)]
    by_kind = {_kind_of(arg): _decoder(arg) for arg in own}
    plain = [_decoder(arg) for arg in args if arg is not type(None) and arg not in own]

    def convert(data: Any) -> Any:
        if data is None and type(None) in args:
            return None
        if isinstance(data, dict) and by_kind:
            kind = data.get("kind")
            one = by_kind.get(kind if isinstance(kind, str) else None, by_kind.get(None))
            if one is not None:
                return one(data)
            raise _refusal(f"there is no kind {kind!r:.60}", "kind")
        for one in plain:
            try:
                return one(data)
            except BadInput:
                continue  # another of the types may fit
        raise _refusal(f"{data!r:.60} is of none of the types it may have")

    return convert


def _kind_of(declared: Any) -> str | None:
    """Returns what the `kind` of a dataclass always is; None when it has none and stands alone."""
    for item in fields(declared):
        if item.name == "kind":
            return str(item.default)
    return None


def _is_needed(item: Field[Any]) -> bool:
    return item.default is MISSING and item.default_factory is MISSING


def _dataclass_decoder(declared: Any) -> _Convert:
    hints = get_type_hints(declared)
    parts = {item.name: _decoder(hints[item.name]) for item in fields(declared)}
    needed = [item.name for item in fields(declared) if _is_needed(item)]

    def convert(data: Any) -> Any:
        if not isinstance(data, dict):
            raise _refusal(f"{data!r:.60} is no {declared.__name__}")
        for name in needed:
            if name not in data:
                raise _refusal(f"the key {name!r} of a {declared.__name__} is missing")
        given = {name: _within(name, one, data[name]) for name, one in parts.items() if name in data}
        return declared(**given)

    return convert
