"""Telling staff through Apprise, the library that speaks to a hundred services; blocking, for a thread of its own."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from core.errors import BadInput
from core.printable import printable

if TYPE_CHECKING:
    from typing import Any

MISSING = "the package apprise is not installed: pip install watchfloor[staff]"


def tell_staff(url: str, title: str, body: str) -> str:
    """Sends one message to the service that `url` names; returns why it was not taken, empty where it was.

    Raises BadInput for what is no address of a service. No word of the address is in what is returned.
    """
    apprise = _library()
    sender = apprise.Apprise()
    if not sender.add(url):
        raise BadInput(
            "the address that is kept names no service", next_step="See the list of Apprise's URLs"
        )
    with apprise.LogCapture(level=logging.WARNING, name="apprise") as said:
        try:
            done = sender.notify(title=title, body=body)
        except Exception as error:  # noqa: BLE001 – a hundred services, each with errors of its own
            done, words = False, f"{type(error).__name__}: {error}"
        else:
            words = said.getvalue()
    return "" if done else _without(words, url) or "the service did not take it"


def service_named(url: str) -> str:
    """Returns what kind of service an address names, without its secrets. Raises BadInput for none."""
    sender = _library().Apprise()
    if not sender.add(url):
        raise BadInput("that address names no service", next_step="See the list of Apprise's URLs")
    return printable(str(sender[0].service_name), 60)


def _library() -> Any:
    try:
        import apprise
    except ImportError:
        raise BadInput(MISSING) from None
    return apprise


def _without(words: str, url: str) -> str:
    """Returns the last line of what the library said, with no part of the address that may be secret."""
    last = next((line for line in reversed(words.splitlines()) if line.strip()), "")
    _, _, rest = url.partition("://")
    for part in sorted(
        rest.replace("@", "/").replace(":", "/").replace("?", "/").split("/"), key=len, reverse=True
    ):
        if len(part) > 3:
            last = last.replace(part, "…")
    return printable(last, 300)
