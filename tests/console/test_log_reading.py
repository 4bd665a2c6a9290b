"""The agent reads the logs of its zone and the journal, with nobody asking for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console import log_reading
from console.log_reading import LogReading
from core.catalog.logs import SigmaText
from core.errors import NotPermitted
from core.security.signals.commands import acknowledge_signal
from core.timekeeping import utc_now
from tests.console.log_desk import LINE, VIC, reading

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LogReading, "look_s", 0.02)
    monkeypatch.setattr(log_reading, "DECLARED_S", 0.05)
    monkeypatch.setattr(log_reading, "SILENT_S", 0.1)


async def test_a_line_and_a_refusal_are_signals(tmp_path: Path) -> None:
    async with reading(tmp_path) as desk:
        desk.write("bob")
        await desk.until(lambda: desk.found("not-in-sudoers") == ["bob"])
        with pytest.raises(NotPermitted):
            desk.store.write(VIC, acknowledge_signal, 1, "no")
        await desk.until(lambda: desk.found("refused") == ["vic"])
        assert desk.found("log-silent") == []
        desk.log.unlink()
        await desk.until(lambda: desk.found("log-silent") == ["auth"])
        assert desk.said == []


async def test_an_agent_of_a_zone_reads_its_own_logs_only(tmp_path: Path) -> None:
    async with reading(tmp_path, "far") as desk:
        desk.write("bob")
        desk.far.write_text(LINE.format(at=utc_now(), who="eve"))
        await desk.until(lambda: desk.found("not-in-sudoers") == ["eve"])


async def test_a_sigma_rule_that_cannot_be_compiled_here_is_said_and_the_rest_is_read(tmp_path: Path) -> None:
    async with reading(tmp_path) as desk:
        desk.declare(bad=SigmaText("bad", "/c/sigma/bad.yml", "title: [x"))
        await desk.until(lambda: len(desk.said) == 1)
        assert desk.said[0].startswith("a Sigma rule is left out: /c/sigma/bad.yml")
        desk.write("bob")
        await desk.until(lambda: desk.found("not-in-sudoers") == ["bob"])
