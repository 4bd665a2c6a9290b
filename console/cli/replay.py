"""How an incident went, as lines: what the console plays, `watchfloor incidents I-7 --replay` prints."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from console.cli.log import as_data
from console.cli.plain import print_plain
from console.cli.printing import print_json
from core.desk.clocks.due_words import exactly
from core.desk.replay import MOST
from core.journal.wording import sentence
from core.printable import printable

if TYPE_CHECKING:
    import argparse

    from core.desk.replay import Step, Story


def print_story(options: argparse.Namespace, story: Story) -> int:
    """Prints a story, oldest first; that there is more than it holds is said beside it."""
    data = [step_data(story, place) for place in range(len(story.steps))]
    if options.json:
        print_json(data)
    elif options.plain:
        print_plain(data, "")
    else:
        wide = max(len(exactly(step.gap_s)) for step in story.steps) + 1
        for step in story.steps:
            print(step_line(step, wide))
    if not story.is_whole:
        print(f"watchfloor: these are the first {MOST} entries; more were told of it later", file=sys.stderr)
    return 0


def step_data(story: Story, place: int) -> dict[str, Any]:
    """Returns a step (from 0) as JSON holds it: which one of how many, seconds since the one before and since the first, and the entry."""
    step = story.steps[place]
    return {
        "id": f"entry {place + 1} of {len(story.steps)}", "after_s": step.gap_s, "since_s": story.since_s(step), "says": sentence(step.entry),
        "entry": as_data(step.entry),
    }  # fmt: skip


def step_line(step: Step, wide: int) -> str:
    """Returns a step as one line: how long after the one before, when, who, what."""
    entry, later = step.entry, f"+{exactly(step.gap_s)}"
    return printable(
        f"{later:>{wide}}  {entry.at:%Y-%m-%d %H:%M:%S}Z  {entry.actor:<12}  {sentence(entry)}", 400
    )
