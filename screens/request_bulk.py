"""One doing over several requests: shown before which will change and which not and why; taken back with one key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.counting import counted
from core.desk.requests.together import together
from core.gate.model import VERBS, Level, needed_level
from screens.boxes.confirm import ConfirmBox, Question
from screens.request_verbs import why_not

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.desk.requests.model import Request
    from core.desk.requests.together import Outcome
    from screens.boxes.draft import Draft
    from screens.floor import Floor

MOST_NAMED = 12


def names_of(found: Sequence[Request], most: int = 3) -> str:
    """Returns the labels of requests; of many only the first, and how many more."""
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(each.label for each in found[:most]) + more


def preview(found: Sequence[Request], verb: str, person: str) -> tuple[list[Request], list[str]]:
    """Returns the requests that will change, and why each other one will not."""
    reasons = {each.label: why_not(verb, each, person) for each in found}
    return [each for each in found if not reasons[each.label]], [why for why in reasons.values() if why]


async def do_together(
    floor: Floor, found: Sequence[Request], verb: str, command: Callable[..., Any], done: str, *args: Any,
    asks: str = "", word: str = "Do it", draft: Draft | None = None,
    changes: Callable[[Request], str] | None = None, more: Sequence[tuple[str, str]] = (),
) -> None:  # fmt: skip
    """Shows what will change of which, asks, and does it in one transaction. With `asks` the same sentence is asked for all.

    `changes` gives what changes of one in words, `more` is what else is to be known before.
    """
    changing, reasons = preview(found, verb, floor.person)
    level = max(Level.BOX, needed_level(VERBS[verb], len(changing)))
    lines: list[str | tuple[str, str]] = _lines(changing, done, changes)
    if reasons:
        rest = f"; and {len(reasons) - MOST_NAMED} more" if len(reasons) > MOST_NAMED else ""
        lines.append(("will not", "; ".join(reasons[:MOST_NAMED]) + rest))
    lines += more
    title = f"{counted(len(changing), 'request')} of {len(found)} will change"
    question = Question(
        title, lines, [each.label for each in changing], level, word, asks_text=asks, keeps_lines=True
    )
    answer = await floor.box(ConfirmBox(question))
    if answer is None:
        return
    words = (answer.text, answer.consent) if asks else args
    seen = [(each.id, each.version) for each in changing]
    outcome: Outcome | None = await floor.command(
        together, verb, command, seen, answer.consent, *words, draft=draft
    )
    if outcome is not None:
        floor.say(_came_of(outcome, done, len(found)), bad=bool(outcome.not_done))


def _lines(
    changing: Sequence[Request], done: str, changes: Callable[[Request], str] | None
) -> list[str | tuple[str, str]]:
    """Returns in lines what changes of which; those of which the same changes stand together."""
    alike: dict[str, list[Request]] = {}
    for each in changing:
        alike.setdefault(changes(each) if changes else "", []).append(each)
    return [
        ("will", f"{names_of(found, MOST_NAMED)}: {done}" + (f" ({words})" if words else ""))
        for words, found in alike.items()
    ]


def _came_of(outcome: Outcome, done: str, asked: int) -> str:
    text = f"{len(outcome.done)} of {asked} {done}"
    if outcome.not_done:
        text += f"; not {'; '.join(f'{name}: {why}' for name, why in outcome.not_done[:3])}"
    return text
