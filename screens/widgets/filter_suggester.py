"""Shows behind what is typed in the filter line how it could go on; the right arrow takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.suggester import Suggester

if TYPE_CHECKING:
    from collections.abc import Callable


class FilterSuggester(Suggester):
    """Asks whatever is in front. It remembers nothing: what is at hand changes."""

    def __init__(self, complete: Callable[[str], str | None]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._complete = complete

    async def get_suggestion(self, value: str) -> str | None:
        """Returns the whole text as it could be."""
        return self._complete(value) if value else None
