"""For what a training is asked: rights, what a service consists of, privileged grants, roles of the staff. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.security.reviews.conflicts import is_meant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.catalog.training import Training

SERVICE, COMPONENT = "service:", "component:"


class Held(NamedTuple):
    """A right that somebody has."""

    entitlement: str
    on: str  # as grants name it: component:db-1, service:orders, host:gate
    is_privileged: bool = False

    @property
    def words(self) -> str:
        """Returns it in words."""
        return f"{self.entitlement} on {self.on}"


def why_for_right(training: Training, held: Held, service_of: Mapping[str, str]) -> str:
    """Returns why a right asks for a training; empty where it does not. `service_of` says which service a component is of."""
    component = held.on.removeprefix(COMPONENT) if held.on.startswith(COMPONENT) else ""
    service = held.on.removeprefix(SERVICE) if held.on.startswith(SERVICE) else service_of.get(component, "")
    is_asked = (
        any(is_meant(pattern, held.entitlement, held.on) for pattern in training.rights)
        or (bool(component) and component in training.components)
        or (bool(service) and service in training.services)
        or (training.privileged and held.is_privileged)
    )
    return f"has {held.words}" if is_asked else ""


def why_for_person(
    training: Training, role: str, rights: Iterable[Held], service_of: Mapping[str, str]
) -> str:
    """Returns why a training is asked of somebody; empty where it is not."""
    if role and role in training.roles:
        return f"has the role {role}"
    whys = (why_for_right(training, each, service_of) for each in sorted(rights))
    return next((why for why in whys if why), "")
