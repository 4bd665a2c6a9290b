from __future__ import annotations

import subprocess
import sys


def test_a_console_that_only_shows_a_catalog_does_not_pay_for_its_validation() -> None:
    program = (
        "import sys, core.catalog.codec, core.catalog.difference, core.catalog.model, core.catalog.problem\n"
        "heavy = {'pydantic', 'sqlalchemy', 'asyncio', 'zoneinfo', 'textual'} & sys.modules.keys()\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
