"""Rotas and policies: what is not said follows from what is, and every mistake is found when the file is read, at its line."""

from __future__ import annotations

import re
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from core.catalog.codec import decode, encode
from core.catalog.difference import difference
from core.catalog.model import Service
from core.catalog.oncall import Policy, Rota
from core.catalog.reader import read_catalog
from tests.core.catalog.written import problems

HOUSE = (
    '[[service]]\nid = "orders"\n[[staff]]\nid = "ana"\nname = "Ana"\n[[staff]]\nid = "ben"\nname = "Ben"\nrole = "lead"\n'
    '[[group]]\nid = "buyers"\nmembers = ["@acme.example"]\n'
)
FIRST = HOUSE.count("\n") + 1
ROTA = '[[rota]]\nid = "ops"\nzone = "UTC"\n[[rota.layer]]\nid = "all"\npeople = ["ana"]\nfrom = 2026-01-05\n'
POLICY = '[[policy]]\nid = "p"\n[[policy.step]]\ntell = ["ana"]\n'
GUIDE = Path(__file__).parents[3] / "docs" / "guide.md"


def test_what_is_not_said_follows_from_what_is(tmp_path: Path) -> None:
    assert problems(tmp_path, HOUSE + ROTA + POLICY) == []
    catalog = read_catalog(tmp_path).require()
    rota, policy = catalog.rotas["ops"], catalog.policies["p"]
    assert (rota.title, rota.covers, rota.layers[0].at, rota.layers[0].every_minutes) == (
        "ops",
        (),
        540,
        10080,
    )
    assert (policy.repeat, policy.ends, policy.steps[0].since, policy.steps[0].after_s) == (
        0,
        "acknowledge",
        "opened",
        0.0,
    )
    assert decode(Rota, encode(rota)) == rota
    assert decode(Policy, encode(policy)) == policy


def test_what_names_no_policy_is_kept_as_before(tmp_path: Path) -> None:
    assert problems(tmp_path, HOUSE + "") == []
    catalog = read_catalog(tmp_path).require()
    assert all("policy" not in encode(each) for each in catalog.services.values())
    assert all("away" not in encode(each) for each in catalog.staff.values())
    assert encode(Service("a", "A", policy="p"))["policy"] == "p"


def test_a_layer_that_changed_is_told_by_its_name(tmp_path: Path) -> None:
    problems(tmp_path, HOUSE + ROTA)
    catalog = read_catalog(tmp_path).require()
    rota = catalog.rotas["ops"]
    moved = replace(rota, layers=(replace(rota.layers[0], at=600),))
    (change,) = difference(catalog, replace(catalog, rotas={"ops": moved}))
    assert str(change) == "rota ops: layer all: at 540 → 600"


def test_the_example_of_the_guide_is_read_without_a_problem(tmp_path: Path) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    chapter = guide[guide.index("## Escalation and on call") : guide.index("## Vulnerabilities")]
    blocks = [
        textwrap.dedent(each) for each in re.findall(r"(?:^ {4}.*\n|^\n(?= {4}))+", chapter, re.MULTILINE)
    ]
    shown = "\n".join(block for block in blocks if "[[" in block)
    assert problems(tmp_path, HOUSE + shown + '[[staff]]\nid = "cyd"\nname = "Cyd"\n') == []
    catalog = read_catalog(tmp_path).require()
    assert [layer.id for layer in catalog.rotas["operations"].layers] == ["weeks", "evenings"]
    assert catalog.policies["pressing"].every_s == 1800.0


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (ROTA.replace('"UTC"', '"Mars/Base"'), 2, "no time zone"),
        (ROTA.replace('["ana"]', '["anna"]'), 5, 'there is no staff "anna". Did you mean "ana"?'),
        (ROTA.replace('["ana"]', "[]"), 5, "people"),
        (ROTA + 'at = "24:30"', 7, "is not a time of day"),
        (ROTA + 'every = "fortnightly"', 7, "is no turn"),
        (ROTA + 'every = "30m"', 7, "shorter than an hour"),
        (ROTA + 'hours = ["mon 18:00-08:00"]', 7, "ends before"),
        (ROTA + '[[rota.layer]]\nid = "all"\npeople = ["ben"]\nfrom = 2026-01-05', 8, 'a second layer "all"'),
        ('[[rota]]\nid = "ops"\nzone = "UTC"', 0, 'the key "layer" is missing'),
        ('[[policy]]\nid = "p"\nstep = []', 2, "nobody would be told"),
        (POLICY.replace('["ana"]', "[]"), 3, "tells nobody"),
        (POLICY.replace('"ana"', '"rota:opps"') + ROTA, 3, 'there is no rota "opps". Did you mean "ops"?'),
        (POLICY.replace('"ana"', '"role:boss"'), 3, 'there is no role "boss"'),
        (POLICY.replace('"ana"', '"role:admin"'), 3, 'none of the staff has the role "admin"'),
        (POLICY.replace('"ana"', '"buyers"'), 3, 'none of the staff is in group "buyers"'),
        (POLICY.replace('"ana"', '"nobody"'), 3, 'there is no staff or group "nobody"'),
        (POLICY + 'since = "ages ago"', 4, "since"),
        ('[[policy]]\nid = "p"\nrepeat = 2\n[[policy.step]]\ntell = ["ana"]', 2, "without saying how far apart"),
        ('[[policy]]\nid = "p"\nevery = "1h"\n[[policy.step]]\ntell = ["ana"]', 2, "repeats never"),
        ('[[policy]]\nid = "p"\nrepeat = 1\nevery = "5m"\n[[policy.step]]\nafter = "10m"\ntell = ["ana"]', 3, "shorter than the way"),
        ('[[service]]\nid = "b"\npolicy = "q"\n' + POLICY, 2, 'there is no policy "q"'),
        ('[[staff]]\nid = "eve"\nname = "Eve"\naway = ["soon"]', 3, "names no day"),
    ],
)  # fmt: skip
def test_every_mistake_has_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    (found,) = problems(tmp_path, HOUSE + text)
    assert found.startswith(f"a.toml:{FIRST + line}: "), found
    assert words in found
