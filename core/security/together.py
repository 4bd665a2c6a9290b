"""One doing over several subjects of one house, in one transaction: what cannot be done of it says why, and all of it is taken back at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from core.errors import Moved, NotFound, NotPossible
from core.gate.commands import admit
from core.gate.model import AT_ONCE
from core.journal.wording import label

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.gate.model import Consent
    from core.store.work import Work


class Outcome(NamedTuple):
    """What came of it: the labels of those it was done to, and of each other one its label with why not."""

    done: tuple[str, ...]
    not_done: tuple[tuple[str, str], ...]


def together(
    work: Work, verb: str, command: Callable[..., Any], seen: Sequence[tuple[int, int]],
    consent: Consent = AT_ONCE, *args: Any, **named: Any,
) -> Outcome:  # fmt: skip
    """Carries out `command` on each subject of `seen` (number, version), as far as its state and version allow.

    Its entries hang together: the first leads to the others. Raises what the gate or what was typed is refused with;
    then nothing was done.
    """
    kind = verb.partition(".")[0]
    admit(work, verb, [label(kind, str(number)) for number, _ in seen], consent)
    done: list[str] = []
    not_done: list[tuple[str, str]] = []
    begin = len(work.recorded)
    for number, version in sorted(seen):
        try:
            command(work, number, *args, seen=version, **named)
            done.append(label(kind, str(number)))
        except (NotPossible, Moved, NotFound) as error:
            not_done.append((label(kind, str(number)), error.what))
    entries = work.recorded[begin:]
    for entry in entries[1:]:
        if entry.cause is None:
            entry.cause = entries[0]
    return Outcome(tuple(done), tuple(not_done))
