"""What entries about runs of procedures say, in a line each."""

from __future__ import annotations

from typing import Final

RUN_TEMPLATES: Final = {
    "run.begun": "{name} begun: {title} on {component}",
    "run.ended": "{name} {state}: {text}",
    "run.hold_ordered": "{name} is to stop before its next step",
    "run.resume_ordered": "{name} is to go on",
    "run.cancel_ordered": "{name} is to be cancelled",
    "run.tick_ordered": "{name} step {step} was ticked off",
    "run.skip_ordered": "{name} step {step} is to be left out",
    "run.step_running": "{name} step {step} begun",
    "run.step_asked": "{name} step {step} waits for a person",
    "run.step_passed": "{name} step {step} passed",
    "run.step_failed": "{name} step {step} failed",
    "run.step_skipped": "{name} step {step} left out",
}
