"""`[[reply]]` and `[[macro]]` as they are written in a catalog file."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from core.catalog import desk
from core.catalog.fields import Id, Names, Note, Severity, Title, told
from core.catalog.probe_declaration import Declaration
from core.desk.messages.texts import check_reply
from core.errors import BadInput

WITH_WORDS = frozenset({"waiting", "delivered"})
"""States into which nothing goes without a word to its requester."""


def _fields(text: str) -> str:
    try:
        return check_reply(text)
    except BadInput as error:
        raise told(error.what, error.next_step) from error


class ReplyDeclaration(Declaration):
    """`[[reply]]`: words that are put into an answer with one key."""

    id: Id
    title: Title
    body: Annotated[Note, AfterValidator(_fields), Field(min_length=1)]
    services: Names = Field(default=[])

    def value(self) -> desk.ReplyText:
        """Returns the reply."""
        return desk.ReplyText(self.id, self.title, self.body, tuple(self.services))


class MacroDeclaration(Declaration):
    """`[[macro]]`: several doings over a request under one name."""

    id: Id
    title: Title
    reply: str = ""
    state: Literal["", "acknowledged", "in progress", "waiting", "delivered"] = ""
    owner: str = ""
    priority: Severity | None = None

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if not (self.reply or self.state or self.owner or self.priority):
            raise told(
                "does nothing", "Add a reply, a state, an owner or a priority", at=("id",), concerns=(("reply",),)
            )  # fmt: skip
        if self.state in WITH_WORDS and not self.reply:
            raise told(
                f"has requests {self.state} without a word to who asked",
                "Add the reply that they read",
                at=("state",),
                concerns=(("reply",),),
            )
        return self

    def value(self) -> desk.Macro:
        """Returns the macro."""
        return desk.Macro(**self.model_dump())
