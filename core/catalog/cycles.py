"""Circles in who needs whom. Pure, and without recursion: chains may be thousands long."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def cycles(needs: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """Returns circles in a graph of names, each as the names on it in order, the first not repeated.

    Names that are needed but are no keys are passed over. Of circles that share a name one is returned:
    once it is broken, the next reading shows what is left. Every circle shares a name with a returned one
    or is returned itself.
    """
    found: list[tuple[str, ...]] = []
    told: set[str] = set()
    while more := _disjoint_circles(needs, told):
        found.extend(more)  # one passed over for a name it shared may have hidden another: looked at again
    return found


def _disjoint_circles(needs: Mapping[str, Sequence[str]], told: set[str]) -> list[tuple[str, ...]]:
    """Returns circles that share no name with each other or with `told`, to which their names are added."""
    found: list[tuple[str, ...]] = []
    finished = set(told)
    for root in needs:
        if root in finished:
            continue
        trail = [root]
        place = {root: 0}
        waiting = [iter(needs[root])]
        while trail:
            below = next((name for name in waiting[-1] if name in needs and name not in finished), None)
            if below is None:
                done = trail.pop()
                waiting.pop()
                del place[done]
                finished.add(done)
            elif below in place:
                circle = tuple(trail[place[below] :])
                if told.isdisjoint(circle):
                    found.append(circle)
                    told.update(circle)
            else:
                place[below] = len(trail)
                trail.append(below)
                waiting.append(iter(needs[below]))
    return found
