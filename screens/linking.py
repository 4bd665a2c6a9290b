"""What an item is to another, said or taken away, wherever a request or an incident is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.desk.links.commands import link_items, unlink_items
from core.desk.links.model import CHOSEN, item_called
from core.desk.links.queries import links_of
from core.errors import BadInput, WatchfloorError
from core.journal.wording import label
from screens.boxes.pick import Choice, PickBox
from screens.tones import Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.desk.links.model import Link
    from core.journal.model import Subject
    from screens.floor import Floor
    from screens.widgets.lines import TextLine

UNLINK = "-"


async def link_or_unlink(floor: Floor, about: Subject, offered: Sequence[Choice]) -> None:
    """Asks what an item is to which other, or which of its links goes; `offered` are others at hand, any can be typed."""
    name = label(*about)
    try:
        linked = await floor.ask(links_of, about)
    except WatchfloorError as error:
        floor.say(str(error), bad=True)
        return
    choices = [Choice(words, words) for words in CHOSEN]
    choices += [
        Choice(f"{UNLINK}{each.label}", f"no longer {each.words} {each.label}", each.title) for each in linked
    ]
    words = await floor.box(PickBox(f"what {name} is to another", choices))
    if words is None:
        return
    if words.startswith(UNLINK):
        other = item_called(words.removeprefix(UNLINK))
        await floor.command(unlink_items, about, other, done=f"{name}: link taken away")
        return
    incidents = sorted(floor.picture.incidents.values(), key=lambda each: -each.id)
    others = [
        *offered,
        *(Choice(each.label, each.label, each.title) for each in incidents if each.label != name),
    ]
    chosen = await floor.box(PickBox(f"{name} is {words}", others, anything=True))
    if chosen is None:
        return
    try:
        other = item_called(chosen)
    except BadInput as error:
        floor.say(str(error), bad=True)
        return
    await floor.command(link_items, about, words, other, done=f"{name} is {words} {label(*other)}")


def links_brief(links: Sequence[Link]) -> list[TextLine]:
    """Returns links in one line; nothing for none."""
    words = ", ".join(f"{each.words} {each.label}" for each in links)
    return [[(" links   ", Tone.MUTED), (words, Tone.ACCENT)]] if links else []


def links_beside(links: Sequence[Link]) -> list[TextLine]:
    """Returns links line by line, with how the others stand."""
    return [
        [(f" {each.words:<14} ", Tone.MUTED), (f"{each.label} ", Tone.ACCENT), (f"{each.state}  ", Tone.MUTED), (each.title, Tone.TEXT)]
        for each in links
    ]  # fmt: skip
