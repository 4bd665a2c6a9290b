"""What is declared of training, as a frozen value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Training:
    """What somebody must have learnt before they have, or do, what it is asked for.

    `rights` are entitlements with `@` and a thing where that matters, `*` for anything; `services` and `components` mean
    every right on them, `roles` everybody of the staff who has one of these. `months`: so long it is valid; None: for ever.
    """

    id: str
    title: str
    rights: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    privileged: bool = False  # every privileged grant
    roles: tuple[str, ...] = ()
    months: int | None = None

    @property
    def goes_by_rights(self) -> bool:
        """Tells whether any right may ask for it."""
        return bool(self.rights or self.services or self.components or self.privileged)
