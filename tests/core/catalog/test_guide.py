"""What the guide shows of calendars and agreements can be written as it stands there."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from core.catalog.model import PRIORITIES, Agreement, Pauses
from core.catalog.reader import read_catalog
from tests.core.catalog.catalogs import write_files

GUIDE = Path(__file__).parents[3] / "docs" / "guide.md"
AROUND = """
[[customer]]
id = "corner-shop"
[[service]]
id = "orders"
[[staff]]
id = "ana"
name = "Ana"
[[group]]
id = "mail-team"
members = ["ana"]
"""


def test_what_it_shows_is_read_without_a_problem_and_its_defaults_are_the_defaults(tmp_path: Path) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    chapter = guide[guide.index("### Calendars") : guide.index("### What a command leaves running")]
    blocks = [
        textwrap.dedent(block) for block in re.findall(r"(?:^ {4}.*\n|^\n(?= {4}))+", chapter, re.MULTILINE)
    ]
    shown = "\n".join(block for block in blocks if "[[" in block)
    procedure = "# Restart\n\n- [ ] Restart it\n"
    named = {f"procedures/orders-worker-{name}.md": procedure for name in ("restart", "look")}
    write_files(tmp_path, {"a.toml": AROUND + shown, **named})
    catalog = read_catalog(tmp_path).require()
    agreement = catalog.agreements["corner-shop-orders"]
    assert agreement.pauses == Pauses() == Agreement("", "", "", ()).pauses
    assert agreement.priority == PRIORITIES
    assert agreement.request_types[0].fields[0].least == "2026-01-01"
    assert catalog.groups_of_people["shop-keepers"].members[-1] == "ana"
    assert "2027-03-29 Easter Monday" in catalog.calendars["shop-hours"].public
