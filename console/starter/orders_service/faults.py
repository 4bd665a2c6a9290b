"""The fault door: flag files that the running parts look at, so that a fault is something they really do.

A fault lasts until it is cleared or until its part is started anew, as a restart cures most ills; a
lasting one outlives the restart.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .settings import PARTS, WrongUse

if TYPE_CHECKING:
    from .settings import Settings

TIMED = "slow"  # the one kind that has a length
KINDS: dict[str, dict[str, str]] = {
    "front": {"slow": "answers late", "error": "answers every request with status 500"},
    "worker": {
        "stuck": "runs, but does nothing and reports no heartbeat",
        "error": "fails every order and writes ERROR lines",
    },
    "store": {"slow": "answers late"},
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault in force. `seconds` is 0 for a kind that has no length."""

    part: str
    kind: str
    seconds: float = 0.0
    is_lasting: bool = False

    @property
    def words(self) -> str:
        """Returns what the part does while the fault is in force, and what ends it."""
        length = f" by {self.seconds:g} s" if self.kind == TIMED else ""
        end = "even over a restart" if self.is_lasting else "until its next start"
        return f"orders-{self.part} {KINDS[self.part][self.kind]}{length}, {end} (or ./orders fault clear)"


def raise_fault(settings: Settings, fault: Fault) -> None:
    """Puts a fault in force; raises WrongUse for one that cannot be."""
    kinds = KINDS[fault.part]
    if fault.kind not in kinds:
        raise WrongUse(f"orders-{fault.part} has no fault {fault.kind!r}; it has: {', '.join(kinds)}, kill")
    if fault.kind == TIMED and not 0 < fault.seconds <= 600:
        raise WrongUse(f"say by how many seconds, up to 600: ./orders fault {fault.part} slow 3")
    if fault.kind != TIMED and fault.seconds:
        raise WrongUse(f"{fault.kind} takes no seconds")
    place = settings.fault_directory / f"{fault.part}.{fault.kind}"
    draft = place.with_name(f".{place.name}.{os.getpid()}")
    place.parent.mkdir(parents=True, exist_ok=True)
    draft.write_text(json.dumps({"seconds": fault.seconds, "lasting": fault.is_lasting}), encoding="utf-8")
    draft.replace(place)


def fault(settings: Settings, part: str, kind: str) -> Fault | None:
    """Returns the fault if it is in force. A flag file somebody made by hand counts, with a second's length."""
    try:
        text = (settings.fault_directory / f"{part}.{kind}").read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
    try:
        found = json.loads(text)
        return Fault(part, kind, float(found["seconds"]), bool(found["lasting"]))
    except (ValueError, KeyError, TypeError):
        return Fault(part, kind, 1.0 if kind == TIMED else 0.0)


def faults_in_force(settings: Settings) -> list[Fault]:
    """Returns every fault in force, part by part."""
    found = (fault(settings, part, kind) for part in PARTS for kind in KINDS[part])
    return [one for one in found if one is not None]


def clear_faults(settings: Settings, part: str = "", *, also_lasting: bool = True) -> list[Fault]:
    """Ends the faults of one part, or of all; returns those it ended."""
    ended = [
        one
        for one in faults_in_force(settings)
        if part in {"", one.part} and (also_lasting or not one.is_lasting)
    ]
    for one in ended:
        (settings.fault_directory / f"{one.part}.{one.kind}").unlink(missing_ok=True)
    return ended
