"""Flapping: a state that changes so often that each change means little. A label, never a mute.

The last twenty results, each changed or not, weighted from 0.80 (oldest) to 1.18 (newest): Icinga 2's
formula. Soft results count too, for what fails every second time would otherwise never be seen.
"""

from __future__ import annotations

RESULTS = 20
START_PERCENT = 30.0
STOP_PERCENT = 25.0
_WEIGHTS = tuple(
    118 - 2 * age for age in range(RESULTS)
)  # hundredths, newest first; whole, so that limits are exact


def add_result(bits: int, *, changed: bool) -> int:
    """Returns the ring with one more result; bit 0 is the newest."""
    return (bits << 1 | changed) & (1 << RESULTS) - 1


def percent(bits: int) -> float:
    """Returns how much of the ring changed, in weighted percent (0 to 99)."""
    total = 0
    while bits:
        lowest = bits & -bits
        total += _WEIGHTS[lowest.bit_length() - 1]
        bits ^= lowest
    return total / RESULTS


def is_flapping(bits: int, *, before: bool) -> bool:
    """Tells whether it flaps now: begins above START_PERCENT, ends at or below STOP_PERCENT."""
    return percent(bits) > (STOP_PERCENT if before else START_PERCENT)
