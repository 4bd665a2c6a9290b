"""`[[training]]` as it is written in a catalog file."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from core.catalog import training
from core.catalog.access_declaration import Right  # noqa: TC001 – read as the class is made
from core.catalog.fields import Id, Names, Role, Title, told
from core.catalog.probe_declaration import Declaration

_FOR = ("rights", "services", "components", "privileged", "roles")


class TrainingDeclaration(Declaration):
    """`[[training]]`: needed for rights, services, components, privileged grants, or roles of the staff."""

    id: Id
    title: Title
    rights: Annotated[list[Right], Field(max_length=500)] = Field(default=[])
    services: Annotated[Names, Field(max_length=500)] = Field(default=[])
    components: Annotated[Names, Field(max_length=500)] = Field(default=[])
    privileged: bool = False
    roles: Annotated[list[Role], Field(max_length=10)] = Field(default=[])
    months: Annotated[int, Field(ge=1, le=600)] | None = None

    @model_validator(mode="after")
    def _is_for_something(self) -> Self:
        if not any(getattr(self, name) for name in _FOR):
            what = "is asked of nobody"
            step = (
                'Add rights, services, components, privileged = true, or roles, such as roles = ["operator"]'
            )
            raise told(what, step, at=("id",), concerns=tuple((name,) for name in _FOR))
        return self

    def value(self) -> training.Training:
        """Returns the training."""
        return training.Training(
            self.id, self.title, tuple(self.rights), tuple(self.services), tuple(self.components), self.privileged,
            tuple(dict.fromkeys(self.roles)), self.months,
        )  # fmt: skip
