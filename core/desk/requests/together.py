"""One doing over several requests, in one transaction: what cannot be done of it says why, and all of it is taken back at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.errors import Moved, NotFound, NotPossible
from core.gate.commands import admit
from core.gate.model import AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.desk.requests.model import Request
    from core.gate.model import Consent
    from core.store.work import Work


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: the requests as they are now, and of each other one its label with why nothing was done."""

    done: tuple[Request, ...]
    not_done: tuple[tuple[str, str], ...]


def together(
    work: Work, verb: str, command: Callable[..., Any], seen: Sequence[tuple[int, int]], consent: Consent = AT_ONCE,
    *args: Any,
) -> Outcome:  # fmt: skip
    """Carries out `command` on each request of `seen` (number, version), as far as its state and version allow.

    Its entries hang together: the first leads to the others. Raises what the gate or the text of the doing is refused
    with; then nothing was done.
    """
    admit(work, verb, [f"R-{number}" for number, _ in seen], consent)
    done: list[Request] = []
    not_done: list[tuple[str, str]] = []
    begin = len(work.recorded)
    for number, version in sorted(seen):
        try:
            done.append(command(work, number, *args, seen=version))
        except (NotPossible, Moved, NotFound) as error:
            not_done.append((f"R-{number}", error.what))
    entries = work.recorded[begin:]
    for entry in entries[1:]:
        if entry.cause is None:
            entry.cause = entries[0]
    return Outcome(tuple(done), tuple(not_done))
