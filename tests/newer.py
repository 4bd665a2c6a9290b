"""A newer Watchfloor than this one: the program itself with one more migration, in a folder of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from core.store.schema import PROGRAM_SCHEMA

ROOT = Path(__file__).parent.parent
NEXT = PROGRAM_SCHEMA + 1
_MIGRATION = '''"""What a newer program brings."""

from alembic import op

revision = "{next:04}"
down_revision = "{this:04}"


def upgrade() -> None:
    for statement in {statements!r}:
        op.execute(statement)
    op.execute("UPDATE schema_info SET version = {next}{allowed}")
'''


class NewerProgram:
    """A program whose schema is one higher. `shut_out` names what the one before may no longer: min_writer, min_reader."""

    def __init__(self, folder: Path, *statements: str, shut_out: tuple[str, ...] = ()) -> None:
        self.folder = folder
        for name in ("console", "core", "screens", "styles"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        schema = folder / "core" / "store" / "schema.py"
        text, found = re.subn(r"(?m)^PROGRAM_SCHEMA = \d+$", f"PROGRAM_SCHEMA = {NEXT}", schema.read_text())
        assert found == 1
        schema.write_text(text)
        allowed = "".join(f", {column} = {NEXT}" for column in shut_out)
        migration = _MIGRATION.format(next=NEXT, this=PROGRAM_SCHEMA, statements=statements, allowed=allowed)
        (folder / "core" / "store" / "migrations" / "versions" / f"v{NEXT:04}_newer.py").write_text(migration)

    def env(self, env: dict[str, str] | None = None) -> dict[str, str]:
        """Returns the environment in which Python finds this program."""
        return {**(env or os.environ), "PYTHONPATH": str(self.folder)}

    def python(self, *words: str, env: dict[str, str] | None = None) -> str:
        """Runs Python with this program and returns what it printed; `-m console` is the command."""
        done = subprocess.run(
            [sys.executable, *words], env=self.env(env), cwd=self.folder, capture_output=True, text=True, check=False
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
