"""The wheel has everything in it: it runs from an environment of its own, outside the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from typing import TYPE_CHECKING

import pytest

from tests.journeys.conftest import ROOT
from tests.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.journey


def test_a_wheel_installed_elsewhere_runs_with_styles_and_migrations(tmp_path: Path) -> None:
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--no-build-isolation",
            "-w",
            str(tmp_path),
            str(ROOT),
        ],
        check=True,
    )
    wheel = next(tmp_path.glob("watchfloor-*.whl"))
    place = tmp_path / "env"
    venv.create(place, with_pip=False)
    site = next((place / "lib").glob("python*")) / "site-packages"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--no-index",
            "--target",
            str(site),
            str(wheel),
        ],
        check=True,
    )
    # What it depends on is taken from this environment, so that no network is needed; the program is not:
    # its own folders come first.
    (site / "others.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    home = tmp_path / "home"
    env = {"PATH": os.environ["PATH"], "WATCHFLOOR_HOME": str(home), "LC_ALL": "C.UTF-8"}
    python = place / "bin" / "python"

    def run(*words: str) -> str:
        done = subprocess.run(
            [python, "-m", "console", *words],
            env=env,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    where = subprocess.run(
        [python, "-c", "import console; print(console.__file__)"],
        env=env,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(site) in where.stdout
    assert run("--version").startswith("watchfloor ")
    run("init")
    assert "no problems" in run("check")
    with Terminal.start(
        [python, "-m", "console", "--no-agent"], env={**env, "PYTHONPATH": None}, cwd=tmp_path
    ) as terminal:
        terminal.wait_for("Home", "STALE no agent")
