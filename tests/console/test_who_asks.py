"""On a shared database whoever asks on the command line is who the server says, whatever they are called on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.console.answers import answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.postgres import Database


LISTED = """principal,entitlement,owner
u1,read,cy
u2,write,cy
"""


@pytest.fixture
def say(
    postgres: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Prepares a server with a lead and an operator, and two rights that a source showed."""
    root = postgres.socket_url()
    assert answer(capsys, "admin", "create", "--db", root)[0] == 0
    for login, role in (("lea", "lead"), ("cy", "operator")):
        postgres.role(login, None, ["peer_users"])
        assert answer(capsys, "staff", "add", login, "--role", role, "--no-password", "--db", root)[0] == 0

    def by(login: str, *words: str) -> tuple[int, str, str]:
        return answer(capsys, *words, "--db", postgres.socket_url(login))

    (tmp_path / "hosts.csv").write_text(LISTED)
    listed = ("access", "import", str(tmp_path / "hosts.csv"), "--source", "hosts", "--about", "host:web")
    assert by("lea", *listed)[0] == 0
    return by


def test_a_reviewer_sees_what_is_asked_of_them_and_says_it(say: Callable[..., tuple[int, str, str]]) -> None:
    say("lea", "access", "review", "draft", "Q4", "--stage", "owner:7", "--last", "lea", "--source", "hosts")
    assert say("lea", "access", "review", "RV-1", "open", "--yes")[0] == 0
    code, out, _ = say("cy", "access", "review", "RV-1", "items", "yours")
    assert (code, "RI-1" in out, "RI-2" in out) == (0, True, True)
    assert "1 keep" in say("cy", "access", "review", "RV-1", "keep", "RI-1")[1]
    assert "1 revoke" in say("cy", "access", "review", "RV-1", "revoke", "RI-2", "--text", "left")[1]
    code, out, err = say("cy", "access", "review", "RV-1", "write-out", "--yes")
    assert (code, "2 decisions written out." in out, err) == (0, True, "")
    assert "No item" in say("cy", "access", "review", "RV-1", "items", "yours")[1]


def test_what_is_mine_is_the_servers_persons(say: Callable[..., tuple[int, str, str]]) -> None:
    code, out, _ = say("cy", "access", "--view", "mine", "--plain")
    assert (code, len(out.splitlines())) == (0, 2)
    wish = ("--source", "hosts", "--entitlement", "admin", "--on", "host:web", "--text", "the disk is full")
    _, out, _ = say("cy", "access", "request", "ask", *wish, "--plain")
    assert out.startswith("AQ-1 asked: cy as cy: admin on host:web of hosts")
