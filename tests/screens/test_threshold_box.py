"""The box that revises a threshold, on the terminal of the first design."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.catalog.model import Probe, TcpTarget, Threshold
from core.monitoring.revisions.model import Name
from core.monitoring.revisions.queries import Judged
from core.monitoring.revisions.trying import Values
from screens.boxes.draft import Draft
from screens.boxes.threshold import ThresholdBox
from tests.screens.run_scene import run_host

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from screens.boxes.form import Fault
    from tests.screens.view_host import ViewHost

PORT = Probe("port", TcpTarget("127.0.0.1", 9))
VALUES = Values(PORT, "latency_ms", "ms", [(60_000 * n, 20.0 + n, 0) for n in range(60)])
LONG = (
    "the range of what is called a warning is wider than the one the catalog declares, and so it needs an end "
    * 2
)


def lines_of(host: ViewHost) -> list[str]:
    return ["".join(part.text for part in line) for line in host.screen._compositor.render_strips()]


async def settled(pilot: Pilot[None], host: ViewHost, words: str) -> None:
    """Waits until these words stand on the screen, and then for nothing but what follows from that."""
    for _ in range(200):
        await pilot.pause(0.02)
        if any(words in line for line in lines_of(host)):
            break
    for _ in range(5):
        await pilot.pause()


@pytest.mark.parametrize("field", ["owner", "reason"])  # the key moves on to it, or was pressed in it
@pytest.mark.parametrize("is_asked", [True, False])  # the database says it, or the box itself
@pytest.mark.parametrize("size", [(80, 24), (60, 16), (200, 50)])
async def test_a_refusal_of_several_lines_leaves_what_its_keys_do_on_the_screen(
    size: tuple[int, int], field: str, is_asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def asked(_: dict[str, str]) -> Fault | None:
        return field, LONG

    host = run_host()
    judged = Judged(Name("front", "port", "latency_ms"), Threshold("latency_ms", "50", "200"))
    async with host.run_test(size=size) as pilot:
        box = ThresholdBox(judged, VALUES, "kim", Draft(host, "threshold.revise:x"), host.glyphs, asked)
        await host.push_screen(box)
        if not is_asked:
            monkeypatch.setattr(box, "fault_of", lambda _: (field, LONG))
        await settled(pilot, host, "as typed")
        assert box.query_one("#f-warning").has_focus
        for name in ("critical", "until", "owner", "reason"):
            await pilot.press("tab")
            assert box.query_one(f"#f-{name}").has_focus
        await pilot.press(*"why", "enter")
        await settled(pilot, host, "needs an end")
        shown = lines_of(host)
        assert box.query_one(f"#f-{field}").has_focus
        assert any("esc: leave, the draft is kept" in line for line in shown)
        assert any({"owner": "kim", "reason": " why "}[field] in line for line in shown)
        assert "".join(shown).count("needs an end") == 2
