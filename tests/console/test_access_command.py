"""`watchfloor access`: what it prints, what it refuses, and how it ends."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.__main__ import main
from core.catalog.access import AccessSource
from core.catalog.commands import load_catalog
from core.store.store import Store
from tests.console.answers import answer
from tests.core.security.grants.house import ADA, CATALOG, HEAD

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.postgres import Server


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    place = tmp_path / "watchfloor.db"
    declared = {
        "shop": AccessSource("shop", "csv", "service:orders", str(tmp_path / "shop.csv"), owner="ada"),
        "own-database": AccessSource("own-database", "postgresql", "component:db-1"),
    }
    store = Store.at(place)
    catalog = replace(CATALOG, staff={}, access_sources=declared)
    store.write(ADA, load_catalog, catalog, directory="x", digest="1", changes=["all"])
    store.close()

    def run(*words: str) -> tuple[int, str, str]:
        return answer(capsys, "access", *words, "--db", str(place))

    return run


def test_a_source_is_read_and_each_line_accounted_for(
    say: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    (tmp_path / "shop.csv").write_text(
        HEAD + "alice,admin,yes,,,,\nbob,reader,no,,,,2026-11-01\ncarol,,no,,,,\n"
    )
    _, out, _ = say("import", "--source", "shop", "--dry-run")
    assert "nothing was written" in out
    code, out, _ = say("import", "--source", "shop")
    assert code == 0
    assert "shop.csv (csv, shop): RD-1" in out
    assert "read 3, matched 2, created 2, changed 0, ended 0, missing 0, found again 0, refused 1" in out
    assert "created G-1 alice has admin on service:orders (line 2)" in out
    assert "refused line 4: names no entitlement" in out
    _, out, _ = say("sources")
    assert "shop" in out
    assert "own-database" in out
    _, out, _ = say("readings", "--json")
    assert json.loads(out)[0]["source"] == "shop"
    _, out, _ = say("readings")
    assert "  RD-1 refused line 4: names no entitlement" in out.splitlines()


def test_of_a_reading_that_refused_much_the_first_lines_are_told(
    say: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    (tmp_path / "shop.csv").write_text(HEAD + "alice,admin,yes,,,,\n" + "bob,,no,,,,\n" * 7)
    say("import", "--source", "shop")
    _, out, _ = say("readings")
    told = [line for line in out.splitlines() if line.startswith("  RD-1 refused")]
    assert told[-1] == "  RD-1 refused 2 more: --json lists the first 7"
    assert len(told) == 6


def test_differences_are_listed_and_decided(say: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    (tmp_path / "shop.csv").write_text(HEAD + "".join(f"u{n},admin,yes,,,,\n" for n in range(3)))
    say("import", "--source", "shop")
    _, out, _ = say("compare", "--json", "--source", "shop")
    assert [each["id"] for each in json.loads(out)] == ["G-1", "G-2", "G-3"]
    code, _, err = say("accept", "G-1", "--owner", "ada", "--text", "runs it", "--yes")
    assert (code, "a privileged right needs an end" in err) == (2, True)
    code, out, _ = say(
        "accept", "G-1", "--owner", "ada", "--text", "runs it", "--until", "30d", "--yes", "--plain"
    )
    assert code == 0
    assert out.startswith(
        "G-1 granted: u0 has admin on service:orders, which is privileged, as shop says; owned by ada: runs it"
    )
    code, out, _ = say("end", "G-1", "G-2", "--text", "left", "--until", "3d", "--yes", "--json")
    assert [each["standing"] for each in json.loads(out)] == ["to be removed", "to be removed"]
    assert say("ignore", "G-3", "--text", "later", "--until", "9d", "--yes")[0] == 0
    code, out, _ = say("accept", "G-1", "G-2", "--owner", "ada", "--text", "x", "--until", "9d", "--yes")
    assert code == 0
    assert say("note", "G-3", "--text", "asked")[0] == 0
    assert say("assign", "G-3", "--owner", "bob")[0] == 0
    _, out, _ = say("show", "G-3")
    assert "3 have admin on service:orders" in out
    assert "G-3 is left alone until" in out
    _, out, _ = say("compare")
    assert out == "Nothing differs: what is granted here is what the sources show.\n"
    assert [each["id"] for each in json.loads(say("grants", "u0", "--json")[1])] == ["G-1"]


def test_a_file_is_named_for_one_import(say: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    file = tmp_path / "passwd"
    file.write_text("root:x:0:0::/root:/bin/bash\nalice:x:1000:1000::/home/alice:/bin/bash\n")
    code, _, err = say("import", str(file))
    assert (code, "it is not said what the file speaks of" in err) == (2, True)
    assert say("import", str(file), "--about", "host:shop-1", "--source", "shop-1")[0] == 0
    code, out, _ = say("import", str(file), "--source", "shop-1")
    assert (code, "nothing changed" in out) == (0, True)
    file.write_text("# nobody\n")
    code, _, err = say("import", str(file), "--source", "shop-1", "--kind", "passwd")
    assert code == 2
    assert "passwd: lists nobody" in err
    assert "what was granted stays" in err


def test_a_list_of_what_is_granted(say: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    file = tmp_path / "granted.csv"
    file.write_text(HEAD + "alice,reader,no,ada,reads orders,,\n")
    assert say("import", str(file), "--source", "shop", "--granted")[0] == 2
    assert say("import", str(file), "--source", "shop", "--granted", "--yes")[0] == 0
    _, out, _ = say("compare", "--plain")
    assert out.startswith("G-1 granted, not found: alice has reader on service:orders")


@pytest.mark.parametrize(
    ("words", "tells"),
    [
        (("import", "--source", "shpo"), "Did you mean"), (("import",), "neither a file nor a source"),
        (("import", "--source", "own-database"), "is no PostgreSQL"), (("accept", "--yes"), "was given no grant"),
        (("import", "--source", "shop", "--about", "host:x"), "is said by the declaration"), (("end", "G-x"), "is no grant"),
        (("compare", "--until", "3d"), "does nothing with access compare"), (("ignore", "G-1", "--text", "x"), "needs an end"),
        (("show", "G-9"), "there is no grant G-9"), (("import", "a", "b"), "one file is read at a time"),
        (("password",), "takes the name of one source"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_clear_line(
    say: Callable[..., tuple[int, str, str]], words: tuple[str, ...], tells: str
) -> None:
    code, out, err = say(*words)
    assert code != 0
    assert out == ""
    assert tells in err
    assert len(err.strip().splitlines()) == 1


def test_roles_of_a_database_are_read_through_its_address(
    say: Callable[..., tuple[int, str, str]],
    tmp_path: Path,
    postgres_server: Server,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with postgres_server.fresh_database() as database:
        own = tmp_path / "other.db"
        source = AccessSource("pg", "postgresql", "component:db-1", address=database.socket_url())
        store = Store.at(own)
        store.write(
            ADA, load_catalog, replace(CATALOG, staff={}, access_sources={"pg": source}), directory="x", digest="1", changes=["all"]
        )  # fmt: skip
        store.close()
        assert main(["access", "import", "--source", "pg", "--json", "--db", str(own)]) == 0
        done = json.loads(capsys.readouterr().out)["done"]
        found = {(each["principal"], each["entitlement"]) for each in done}
        assert ("PUBLIC", f"CONNECT on database {database.name}") in found
        assert any(right == "superuser" for _, right in found)
        assert main(["access", "import", "--source", "pg", "--db", str(own)]) == 0
        assert "nothing changed" in capsys.readouterr().out


def test_a_decision_holds_for_the_version_that_was_looked_at(
    say: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    (tmp_path / "shop.csv").write_text(HEAD + "alice,reader,no,,,,\nbob,reader,no,,,,\n")
    say("import", "--source", "shop")
    assert say("show", "G-1")[1].splitlines()[0].endswith("; version 1")
    say("assign", "G-1", "--owner", "ada")
    accept = ("accept", "G-1", "--owner", "ada", "--text", "shifts", "--until", "30d", "--yes")
    code, _, said = say(*accept, "--version", "1")
    assert code == 1
    assert "G-1 changed since you saw it: root assigned" in said
    assert say(*accept, "--version", "2")[0] == 0
    code, _, said = say("end", "G-1", "G-2", "--text", "over", "--yes", "--version", "3")
    assert (code, "Name one grant with it" in said) == (2, True)
    code, _, said = say("note", "G-1", "--text", "seen", "--version", "3")
    assert (code, "--version does nothing with access note" in said) == (2, True)
