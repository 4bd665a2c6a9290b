"""One of a thing is not written as many, nor many as one."""

from __future__ import annotations

from core.counting import counted


def test_only_one_is_written_as_one() -> None:
    assert [counted(n, "probe") for n in (0, 1, 2)] == ["0 probes", "1 probe", "2 probes"]
    assert [counted(n, "agency", "agencies") for n in (1, 2)] == ["1 agency", "2 agencies"]
