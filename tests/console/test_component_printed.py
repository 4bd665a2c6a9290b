"""`watchfloor board orders-files` prints one component as its page shows it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.console.answers import answer
from tests.screens.scene import BROKEN, make_night

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_one_component_is_printed_with_what_hangs_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WATCHFLOOR_HOME", str(tmp_path / "home"))
    place = str(make_night(tmp_path))
    code, out, _ = answer(capsys, "board", BROKEN, "--db", place)
    assert code == 1  # nobody watches it any more, which stands first
    lines = out.splitlines()
    assert lines[0].startswith("STALE")
    assert lines[1].split()[:2] == ["component", f"{BROKEN}:"]
    assert "incident      I-2" in lines
    assert any(line.startswith("needed by") for line in lines)
    assert "No probe has looked at it." in lines
    assert f"{BROKEN} is critical" in lines[-1]
    code, out, _ = answer(capsys, "board", BROKEN, "--json", "--db", place)
    found = json.loads(out)
    assert (found["id"], found["incident"], found["stale"]) == (BROKEN, "I-2", True)
    assert found["needed_by"]
    assert found["entries"][-1]["subject"] == f"component:{BROKEN}"
    code, _, err = answer(capsys, "board", BROKEN[:-1], "--db", place)
    assert code == 1
    assert f'Did you mean "{BROKEN}"?' in err
    code, _, err = answer(capsys, "board", BROKEN, "--at=-1h", "--db", place)
    assert code == 2
    assert "--at does nothing with one component" in err
