"""Which component of the catalog a report is about: by what each declares it is scanned as, or by its own id. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.security.findings.reports.model import bare_purl

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.catalog.model import Component

_HUBS = ("docker.io/library/", "index.docker.io/library/", "docker.io/", "index.docker.io/", "library/")


def bare_name(name: str) -> str:
    """Returns what stays the same of a name from one scan to the next: without version, tag, digest, and the usual registry.

    Of `pkg:pypi/shop@2.1` it is `pkg:pypi/shop`, of `registry:5000/shop/web:2.1@sha256:…` `registry:5000/shop/web`.
    """
    name = name.strip()
    if purl := bare_purl(name):
        return purl
    for scheme in ("docker:", "image:", "host:", "file://", "dir:", "registry:", "oci-dir:"):
        rest = name.removeprefix(scheme)
        if rest != name and not rest.split("/", 1)[0].isdecimal():
            name = rest
            break
    name = name.split("@sha256:", 1)[0].split("@sha512:", 1)[0]
    head, slash, last = name.rpartition("/")
    name = f"{head}{slash}{last.split(':', 1)[0]}" if not name.startswith((".", "/")) else name
    for hub in _HUBS:
        if name.startswith(hub):
            name = name.removeprefix(hub)
            break
    return (name.rstrip("/") or name).lower()


class Directory:
    """The names by which components go, looked up by what reports call them."""

    def __init__(self, components: Mapping[str, Component]) -> None:
        self._by_name: dict[str, set[str]] = {}
        for component in components.values():
            for name in (component.id, *component.scanned_as):
                self._by_name.setdefault(bare_name(name), set()).add(component.id)

    def of(self, names: Iterable[str]) -> tuple[str, ...]:
        """Returns the ids of the components that go by any of the names, in order; none where nobody does."""
        found: set[str] = set()
        for name in names:
            found |= self._by_name.get(bare_name(name), set())
        return tuple(sorted(found))
