"""What is said of the always-on part: which process keeps which duty, and what became of a catalog that it read. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.counting import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.journal.model import Entry

_PROCESSES = {"agent": "the agent", "conductor": "the process of the run"}
_DUTIES = {
    "agent": "the watch",
    "seals": "the sealing",
    "roll-up": "packing old samples",
    "clocks": "keeping the clocks",
    "messages": "the sending of messages",
    "escalation": "escalating",
    "endings": "ending what holds until a day",
    "reviews": "the time of access reviews",
    "grants": "reading who has which right",
    "signals": "reading logs for signals",
    "windows": "beginning and ending maintenance windows",
}
_WATCH_OF = "agent:"
"""The duty of watching a zone is called so, with its name behind."""


def process_called(seat: str) -> str:
    """Returns how people call the process that writes from a seat (`agent:host:4711:e33c`); another word as it is."""
    kind, *place = seat.rsplit(":", 3)
    if len(place) != len(("host", "process", "chance")) or kind not in _PROCESSES:
        return seat
    return f"{_PROCESSES[kind]} on {place[0]} (process {place[1]})"


def _loaded(_name: str, entry: Entry) -> str:
    differences = entry.after("differences", [])
    shown = "; ".join(differences[:3]) + (" …" if len(differences) > 3 else "")
    return f"catalog loaded ({entry.note}): {shown}" if shown else f"catalog loaded ({entry.note})"


def _refused(_name: str, entry: Entry) -> str:
    problems = entry.after("problems", [])
    many = counted(len(problems), "problem")
    return f"catalog refused, {many}" + (f": {problems[0]}" if problems else "")


def _taken(name: str, entry: Entry) -> str:
    over, holder = entry.after("over"), process_called(entry.after("holder"))
    duty = _duty(name)
    silent = f": {process_called(over)} fell silent" if over else ""
    return f"{duty} taken {'over ' if over else ''}by {holder}{silent}"


def _given_up(name: str, _entry: Entry) -> str:
    return f"{_duty(name)} ended here: the next agent takes it over"


def _duty(name: str) -> str:
    """Returns a duty as people say it: `the watch of plant-2` for `agent:plant-2`."""
    zone = name.removeprefix(_WATCH_OF)
    return f"the watch of {zone}" if zone != name else _DUTIES.get(name, name)


AGENT_WORDS: dict[str, Callable[[str, Entry], str]] = {
    "catalog.loaded": _loaded,
    "catalog.refused": _refused,
    "lease.taken": _taken,
    "lease.given_up": _given_up,
}
"""How each is said, given the name of the duty and the entry."""
