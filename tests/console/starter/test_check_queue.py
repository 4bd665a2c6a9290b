from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.console.starter.written import Starter


def _check(starter: Starter) -> subprocess.CompletedProcess[str]:
    return subprocess.run([starter.directory / "check_queue"], capture_output=True, text=True, check=False)


def test_the_queue_is_told_after_the_plugin_api(starter: Starter) -> None:
    starter.orders("start", "store")
    starter.orders("fill", "12")

    done = _check(starter)

    assert done.returncode == 0
    assert done.stderr == ""
    assert re.fullmatch(
        r"QUEUE OK - 12 orders wait, the oldest for \d+ s \| depth=12;;;0 oldest_s=\d+\.\ds;;;0\n",
        done.stdout,
    )


def test_a_store_that_does_not_answer_makes_it_unknown(starter: Starter) -> None:
    done = _check(starter)

    assert done.returncode == 3
    assert done.stdout.startswith("QUEUE UNKNOWN - orders-store on 127.0.0.1:")
    assert "|" not in done.stdout
