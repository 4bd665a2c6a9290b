"""The clauses of agreements, in words. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.catalog.nearest import did_you_mean, listed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from core.catalog.model import Agreement, Group

_NAMED = 5  # people and groups of one clause


def askers(agreement: Agreement, groups: Mapping[str, Group]) -> str:
    """Returns who may ask: `ann@acme.example and people of acme.example`."""
    return series([_asker(name, groups) for name in agreement.may_ask]) or "nobody"


def _asker(name: str, groups: Mapping[str, Group]) -> str:
    if name == "*":
        return "anybody"
    if name.startswith("@"):
        return f"people of {name[1:]}"
    if "@" in name or name not in groups:
        return name
    return f"group {name} ({groups[name].title})" if groups[name].title != name else f"group {name}"


def deliverers(names: Collection[str]) -> str:
    """Returns who may deliver or approve: `ana, the role lead and mail-team`."""
    return series([f"the role {name.removeprefix('role:')}" if ":" in name else name for name in names])


def not_asking(agreement: Agreement, asker: str, groups: Mapping[str, Group]) -> str:
    """Returns the clause for who may not ask."""
    if not agreement.may_ask:
        return "it names nobody who may ask"
    only = f"only {askers(agreement, groups)} may ask"
    return only if asker.strip() else f"{only}, and who asks is not said"


def not_offered(agreement: Agreement, request_type: str, service: str) -> str:
    """Returns the clause for a request type that an agreement does not offer of a service."""
    other = next((each for each in agreement.request_types if each.id == request_type), None)
    if other is not None:
        return f"{request_type} is asked of {other.service}, not of {service}"
    names = [each.id for each in agreement.request_types if each.service == service]
    if not names:
        return f"it offers no request types of {service}"
    return (
        f'it offers no "{request_type}". {did_you_mean(request_type, names, f"It offers: {listed(names)}")}'
    )


def series(names: Sequence[str]) -> str:
    """Returns `a, b and c`; of many the first, and how many more."""
    if len(names) > _NAMED:
        return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)
