"""How a story is played: at which speed, how long each entry stands, and the lines that say where in it one is. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.counting import counted
from core.desk.clocks.due_words import exactly
from core.journal.wording import sentence
from screens.tones import Tone
from screens.widgets.cells import width_of

if TYPE_CHECKING:
    from core.desk.replay import Step, Story
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

SPEEDS: tuple[float | None, ...] = (None, 1, 10, 60, 600, 3600)
"""How many times as fast as it was; None for one entry a second, however far they lie apart."""
BEGINS_AT = 60
LEAST_S, MOST_S, EVEN_S = 0.25, 2.0, 1.0
"""An entry stands so long at least, to be read, and at most, whatever the gap was; at one a second just that."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where in a story one is: the step `place` (from 0) is the last that was told."""

    story: Story
    place: int = 0
    speed: float | None = BEGINS_AT
    is_playing: bool = True

    @property
    def step(self) -> Step:
        """Returns the entry that was told last."""
        return self.story.steps[self.place]

    @property
    def is_over(self) -> bool:
        """Tells whether all was told."""
        return self.place == len(self.story.steps) - 1

    @property
    def wait_s(self) -> float:
        """Returns for how many seconds of now it stands before the next; 0 where there is none."""
        return 0.0 if self.is_over else stands_s(self.story.steps[self.place + 1].gap_s, self.speed)

    def faster(self, by: int) -> float | None:
        """Returns the speed so many places further on, or the last one there is."""
        return SPEEDS[max(0, min(SPEEDS.index(self.speed) + by, len(SPEEDS) - 1))]

    def within(self, place: int) -> int:
        """Returns the place itself, or the nearest one that there is."""
        return max(0, min(place, len(self.story.steps) - 1))


def stands_s(gap_s: float, speed: float | None) -> float:
    """Returns for how many seconds an entry stands before one that came `gap_s` after it."""
    return EVEN_S if speed is None else max(LEAST_S, min(gap_s / speed, MOST_S))


def speed_words(speed: float | None) -> str:
    """Returns a speed in a word or two."""
    return "1 a second" if speed is None else f"{speed:g}x"


def progress_lines(progress: Progress, width: int, glyphs: Glyphs) -> list[TextLine]:
    """Returns where in the story one is: time then, which entry of how many, the speed; below it what that entry says."""
    step, story = progress.step, progress.story
    doing = "playing" if progress.is_playing else "end" if progress.is_over else "paused"
    more = "" if story.is_whole else "+"
    left = f" {step.entry.at:%d %b %H:%M:%S}Z +{exactly(story.since_s(step))} "
    right = f" {story.label} entry {progress.place + 1} of {len(story.steps)}{more}   {speed_words(progress.speed)}   {doing} "
    room = max(width - width_of(left) - width_of(right), 3)
    at = 0 if len(story.steps) == 1 else round(progress.place / (len(story.steps) - 1) * (room - 1))
    bar: TextLine = [
        (left, Tone.STRONG), (glyphs.rule * at, Tone.HELD), (glyphs.then, Tone.THEN),
        (glyphs.rule * (room - 1 - at), Tone.MUTED), (right, Tone.HELD if progress.is_playing else Tone.TEXT),
    ]  # fmt: skip
    later = f"+{exactly(step.gap_s)} " if progress.place else ""
    told: TextLine = [
        (f" {later}", Tone.MUTED),
        (f"{step.entry.actor} ", Tone.ACCENT),
        (sentence(step.entry), Tone.TEXT),
    ]
    return [bar, told]


def over_words(story: Story) -> str:
    """Returns what is said when all was told."""
    cut = "" if story.is_whole else "; more was told later, which is not played"
    return f"{counted(len(story.steps), 'entry', 'entries')} of {story.label} played{cut}; space plays it again, esc ends"
