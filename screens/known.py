"""What a box asks the database of what is typed in it, before it answers: whether there is what a name names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.errors import Unavailable, WatchfloorError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from screens.boxes.form import Fault
    from screens.floor import Floor


def known_to(
    floor: Floor, questions: Mapping[str, Callable[..., Any]], before: Mapping[str, str] | None = None
) -> Callable[[dict[str, str]], Awaitable[Fault | None] | None]:
    """Returns what a form asks when it is saved: each question of `questions` about the text of its field, by field.

    A question is asked with a connection and the text, and raises what is wrong with it. What is empty, what stood there
    `before` is not asked about, and where the database cannot be used nothing is wrong with a text.
    """

    async def ask(texts: Mapping[str, str]) -> Fault | None:
        for field, text in texts.items():
            try:
                await floor.ask(questions[field], text)
            except Unavailable:
                return None  # what is asked for then says so, and what becomes of it
            except WatchfloorError as error:
                return field, told(error)
        return None

    def asked(texts: dict[str, str]) -> Awaitable[Fault | None] | None:
        new = {
            field: text
            for field in questions
            if (text := texts.get(field, "")) and text != (before or {}).get(field)
        }
        return ask(new) if new else None

    return asked


def told(error: WatchfloorError) -> str:
    """Returns what is said of a refusal at the field it is about: the place is that field."""
    return f"{error.what}. {error.next_step}" if error.next_step else error.what
