"""Placeholders in catalog texts: `${DIR}` and `${STATE}`, and whatever else the reader was given.

`$${DIR}` stands for the text `${DIR}` itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from core.catalog.nearest import did_you_mean, listed
from core.catalog.quoting import short

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from core.catalog.positions import KeyPath

_PLACEHOLDER = re.compile(r"\$?\$\{([^{}]*)\}")


def expand(value: Any, variables: Mapping[str, str]) -> Any:
    """Returns a parsed TOML value in which every known placeholder of every text is replaced; unknown ones stay."""
    if isinstance(value, str):
        return _expand_text(value, variables) if "${" in value else value
    if isinstance(value, dict):
        return {key: expand(item, variables) for key, item in value.items()}
    if isinstance(value, list):
        return [expand(item, variables) for item in value]
    return value


def unknown_placeholders(
    value: Any, variables: Mapping[str, str], path: KeyPath = ()
) -> Iterator[tuple[KeyPath, str, str]]:
    """Yields (key path, what, next step) for every placeholder that has no value, once in a text."""
    if isinstance(value, str):
        written = dict.fromkeys(match.group() for match in _PLACEHOLDER.finditer(value))
        for name in (text[2:-1] for text in written if not text.startswith("$$")):
            if name not in variables:
                step = did_you_mean(name, variables, f"The variables are: {listed(variables)}.")
                shown = f"${{{short(name)}}}"
                yield path, f"there is no variable {shown}", f"{step} Write ${shown} for the text itself"
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from unknown_placeholders(item, variables, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from unknown_placeholders(item, variables, (*path, index))


def _expand_text(text: str, variables: Mapping[str, str]) -> str:
    def value_of(match: re.Match[str]) -> str:
        whole = match.group()
        return whole[1:] if whole.startswith("$$") else variables.get(match.group(1), whole)

    return _PLACEHOLDER.sub(value_of, text)
