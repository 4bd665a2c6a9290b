"""What holds between mailboxes, and between templates: each address, service and purpose has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.catalog.quoting import short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.catalog.entry import Entry
    from core.catalog.positions import KeyPath


def mailboxes_apart(entries: list[Entry]) -> Iterator[tuple[Entry, KeyPath, str, str]]:
    """Yields (entry, path, what, next step) for each second mailbox of an address or service, and second text of a purpose."""
    first: dict[tuple[str, str, str], Entry] = {}
    for entry in entries:
        for path, what, key in _claims(entry):
            before = first.setdefault(key, entry)
            if before is not entry:
                said = f"{what} already, at {before.place(())}"
                yield entry, path, said, "Keep one of the two"


def _claims(entry: Entry) -> Iterator[tuple[KeyPath, str, tuple[str, str, str]]]:
    raw = entry.raw
    if entry.kind == "mailbox":
        address = raw.get("address")
        if isinstance(address, str) and address:
            yield (
                ("address",),
                f'the address "{short(address)}" has a mailbox',
                ("address", address.lower(), ""),
            )
        services = raw.get("services")
        for index, service in enumerate(services if isinstance(services, list) else ()):
            if isinstance(service, str) and service:
                yield (
                    ("services", index),
                    f'the service "{short(service)}" has a mailbox',
                    ("service", service, ""),
                )
    elif entry.kind == "template":
        purpose, agreement = raw.get("purpose"), raw.get("agreement", "")
        if isinstance(purpose, str) and purpose and isinstance(agreement, str):
            of = f'agreement "{short(agreement)}"' if agreement else "all agreements"
            yield ("purpose",), f'"{short(purpose)}" of {of} has a text', ("purpose", purpose, agreement)
