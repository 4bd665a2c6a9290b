"""Values of rows that are made when they are first looked at: of the hundreds in a page some twenty are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable


class MadeLate:
    """A frozen dataclass with slots that may stand for a row: its fields are filled in at the first look at one of them."""

    __slots__ = ("_filled_by",)

    if not TYPE_CHECKING:  # or a name that no field has would pass for one

        def __getattr__(self, name: str) -> Any:
            """Fills in all fields; called for one that is not filled in."""
            try:
                fill, args = object.__getattribute__(self, "_filled_by")
            except AttributeError:
                raise AttributeError(f"{type(self).__name__} has no {name}", name=name, obj=self) from None
            fill(self, *args)
            return object.__getattribute__(self, name)

    def is_same_as(self, other: object) -> bool:
        """Tells whether it equals another value; of two that stand for rows the rows are compared, and nothing is filled in."""
        try:
            return bool(
                object.__getattribute__(self, "_filled_by") == object.__getattribute__(other, "_filled_by")
            )
        except AttributeError:
            return self == other


V = TypeVar("V", bound=MadeLate)


def made_late(kind: type[V], number: int, fill: Callable[..., None], *args: Any) -> V:
    """Returns a value of which only `id` is there; the first look at another field has `fill(value, *args)` begin it."""
    value = object.__new__(kind)
    object.__setattr__(value, "id", number)
    object.__setattr__(value, "_filled_by", (fill, args))
    return value
