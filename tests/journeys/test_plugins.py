"""Plugins written for other monitors, as a distribution ships them, watch components here unchanged."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.journeys.conftest import House

pytestmark = pytest.mark.journey

FOLDERS = ("/usr/lib/nagios/plugins", "/usr/lib64/nagios/plugins", "/usr/lib/monitoring-plugins")


def plugin(name: str) -> str:
    """Returns where a plugin is; skips the test where it is not installed. NAGIOS_PLUGINS names another folder."""
    path = os.pathsep.join([os.environ.get("NAGIOS_PLUGINS", ""), *FOLDERS])
    found = shutil.which(name, path=path)
    if found is None:
        pytest.skip(f"{name} is not in {', '.join(FOLDERS)}: install monitoring-plugins-basic")
    return str(Path(found).absolute())


def component(name: str, *words: str, threshold: str = "") -> str:
    run = ", ".join(f'"{word}"' for word in words)
    return (
        f'\n[[component]]\nid = "{name}"\ntitle = "{name}"\nservice = "plugins"\n\n'
        f'[[component.probe]]\nid = "plugin"\nkind = "command"\nrun = [{run}]\nevery = "5s"\ntimeout = "4s"\n'
        f'retry = "1s"\nattempts = 2\n{threshold}'
    )


def test_states_texts_and_figures_of_real_plugins(house: House) -> None:
    dummy, tcp = plugin("check_dummy"), plugin("check_tcp")
    threshold = '\n[[component.probe.threshold]]\nmetric = "time"\ncritical = "~:-1"\n'
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        (house.home / "catalog" / "plugins.toml").write_text(
            '[[service]]\nid = "plugins"\ntitle = "Plugins"\n'
            + component("careful", dummy, "1", "careful")
            + component("broken", dummy, "2", "it | is=1")
            + component("unsure", dummy, "3")
            + component("reachable", tcp, "-H", "127.0.0.1", "-p", port)
            + component("too-fast", tcp, "-H", "127.0.0.1", "-p", port, threshold=threshold)
        )
        house.run("check")
        desk = house.console("--view", "board", size=(160, 40))
        desk.wait_until(lambda text: "■ CRIT    broken" in text and "▲ WARN    careful" in text, timeout_s=60)
        wanted = {
            "careful": "warning", "broken": "critical", "unsure": "unknown", "reachable": "ok", "too-fast": "critical",
        }  # fmt: skip
        rows = house.wait(lambda: confirmed(house, wanted))
    assert "careful" in rows["careful"]["summary"]


def confirmed(house: House, wanted: dict[str, str]) -> dict[str, dict[str, str]] | None:
    """Returns the rows once every state is as wanted."""
    rows = {row["id"]: row for row in house.data("board")}
    return rows if all(rows[name]["state"] == state for name, state in wanted.items()) else None
