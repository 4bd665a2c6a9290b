from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

FOREIGN = (
    "PGPASSWORD", "PGSSLMODE", "PGUSER", "PGHOST", "PGPORT", "PGDATABASE", "PGSERVICE", "PGPASSFILE", "PGSERVICEFILE",
    "CREDENTIALS_DIRECTORY", "PYTHON_KEYRING_BACKEND", "DBUS_SESSION_BUS_ADDRESS",
)  # fmt: skip


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home: nothing of whoever runs the tests is read or written."""
    place = tmp_path / "home"
    place.mkdir()
    for name in FOREIGN:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(place))
    monkeypatch.setenv("WATCHFLOOR_HOME", str(place / "watchfloor"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(place / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(place / "data"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return place
