"""`watchfloor journal`: what holds, what is broken, what cannot be read, each with its exit code and one clear line."""

from __future__ import annotations

import io
import json
import sqlite3
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from console.__main__ import main
from console.connections.place import Place
from console.sealing_key import find_key, key_beside, write_key
from core.improvement.commands import draft_action
from core.journal.model import Subject, Via
from core.journal.seals import keep_seal, next_batch, seal_batch
from core.own_watch import own_watch
from core.security.signals.own import look_through, take_in_own
from core.security.signals.taking_in import DUTY
from core.store.lease import take_lease
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import utc_now
from tests.core.journal.sealed import TOKEN, hold_duty
from tests.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from core.journal.sealing import SealingKey
    from core.store.work import Work

ADA = Author("ada", Via.CLI, "ada")
AGENT = Author("agent", Via.AGENT, "agent")
ESCAPE = "\x1b]0;owned\x07\x1b[31m"


def doors(work: Work, count: int, note: str) -> None:
    for n in range(count):
        work.record("door.opened", Subject("door", "1"), {"state": ("shut", n)}, note=note)


def fill(place: Path, count: int, key: SealingKey | None, *, note: str = "") -> None:
    """Writes entries and seals them."""
    store = Store.at(place)
    store.write(ADA, doors, count, note)
    token = store.write(ADA, hold_duty)
    while batch := store.read(next_batch):
        store.write(ADA, keep_seal, seal_batch(batch, utc_now(), key), token)
    store.close()


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    monkeypatch.setenv("WATCHFLOOR_HOME", str(tmp_path / "home"))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A database with seven entries in a signed seal, and its key beside it."""
    place = tmp_path / "w.db"
    Store.at(place).close()
    fill(place, 7, write_key(key_beside(Place.of_file(place))), note=ESCAPE)
    return place


Said = pytest.CaptureFixture[str]


def said(capsys: Said, *words: object, code: int = 0) -> tuple[str, str]:
    """Returns what a command printed on both ways; nothing of it may steer a terminal, and a refusal is one line."""
    assert main([str(word) for word in words]) == code
    out, err = capsys.readouterr()
    assert not set(out + err) & set("\x1b\x07\x9b")
    assert len(err.splitlines()) == (1 if code else 0), err
    return out, err


def public_key(capsys: Said, place: Path) -> Path:
    path = place.with_name("public.pem")
    path.write_text(said(capsys, "journal", "key", "--public", "--db", place)[0])
    return path


def test_a_signed_journal_is_vouched_for_by_its_public_key(capsys: Said, place: Path) -> None:
    public = public_key(capsys, place)
    out, _ = said(capsys, "journal", "verify", "--db", place, "--public-key", public)
    assert "the journal holds. 7 entries from" in out
    assert "who does not have the private key" in out
    assert "It does not prove: that what an entry says is true" in out
    out, _ = said(capsys, "journal", "verify", "--db", place)
    assert "which nobody vouched for here" in out


def test_an_unsigned_journal_says_so_at_every_place(capsys: Said, tmp_path: Path) -> None:
    place = tmp_path / "w.db"
    fill(place, 7, None)
    for words in (("verify", "--db", place), ("head", "--db", place), ("seals", "--db", place)):
        assert "unsigned: proves order, not authorship" in said(capsys, "journal", *words)[0].lower()
    out, err = said(capsys, "journal", "key", "--db", place, code=1)
    assert out == ""
    assert "unsigned: proves order, not authorship" in err
    assert "--keyring" in err


def test_a_key_made_beside_the_database_is_shown_without_its_private_half(
    capsys: Said, tmp_path: Path
) -> None:
    place = tmp_path / "w.db"
    out, _ = said(capsys, "journal", "key", "--db", place, "--file", key_beside(Place.of_file(place)))
    assert "BEGIN PUBLIC KEY" in out
    assert "PRIVATE" not in out
    shown = json.loads(said(capsys, "journal", "key", "--db", place, "--json")[0])
    assert (len(shown["key"]), shown["source"]) == (64, str(key_beside(Place.of_file(place))))
    said(capsys, "journal", "key", "--db", place, "--file", key_beside(Place.of_file(place)), code=1)
    said(capsys, "journal", "key", "--db", place, "--keyring", code=3)
    assert main(["journal", "key", "--db", str(place), "--file", str(tmp_path / "else")]) == 0
    assert "LoadCredential=watchfloor.sealing-key:" in capsys.readouterr().err


def test_what_was_exported_is_verified_as_the_database_is(capsys: Said, place: Path) -> None:
    public, file = public_key(capsys, place), place.with_name("journal.jsonl")
    out, _ = said(capsys, "journal", "export", file, "--db", place)
    assert out == f"{file}: wrote 7 entries and 1 seal\n"
    assert file.stat().st_mode & 0o777 == 0o600
    for words in ((file,), (file, "--public-key", public), (place,)):
        assert "the journal holds" in said(capsys, "journal", "verify", *words)[0]
    assert file.read_bytes().isascii() is False or b"\x1b" not in file.read_bytes()
    said(capsys, "journal", "export", file, "--db", place)  # an export replaces an export
    assert not list(place.parent.glob("*.part"))


def test_an_export_goes_through_a_pipe(capsys: Said, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, _ = said(capsys, "journal", "export", "-", "--db", place)

    class Pipe:
        buffer = io.BytesIO(out.encode())

    monkeypatch.setattr(sys, "stdin", Pipe())
    assert "standard input: the journal holds" in said(capsys, "journal", "verify", "-")[0]


def test_an_export_replaces_nothing_but_an_export(capsys: Said, place: Path, tmp_path: Path) -> None:
    before = place.read_bytes()
    for file in (place, tmp_path):
        assert (
            "something else of that name" in said(capsys, "journal", "export", file, "--db", place, code=1)[1]
        )
    assert place.read_bytes() == before
    assert "cannot be written" in said(capsys, "journal", "export", "/proc/x/y", "--db", place, code=3)[1]
    said(capsys, "journal", "export", "--db", place, code=2)


def test_the_first_broken_entry_is_named_with_its_time(capsys: Said, place: Path) -> None:
    with closing(sqlite3.connect(place)) as connection, connection:
        connection.execute("DROP TRIGGER journal_no_update")
        connection.execute("UPDATE journal SET actor = ? WHERE seq = 5", (ESCAPE,))
    out, err = said(capsys, "journal", "verify", "--db", place, code=1)
    assert out == ""
    assert f"{place}: the journal does not hold: entry 5 (20" in err
    assert "changed after it was written" in err
    assert "Up to entry 4 the chain of hashes fits" in err
    assert main(["journal", "verify", "--db", str(place), "--json"]) == 1
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert (found["holds"], found["broken"]["entry"]) == (False, 5)


def test_what_is_found_broken_where_an_agent_works_is_written_down(capsys: Said, place: Path) -> None:
    store = Store.at(place)
    token = store.write(AGENT, take_lease, DUTY, "agent")
    step = store.write(AGENT, take_in_own, token, DUTY, store.read(look_through, 0), 0)
    with closing(sqlite3.connect(place)) as connection, connection:
        connection.execute("DROP TRIGGER journal_no_update")
        connection.execute("UPDATE journal SET actor = 'x' WHERE seq = 5")
    assert "written down" not in said(capsys, "journal", "verify", place, code=1)[1]  # a file that is named
    _, err = said(capsys, "journal", "verify", "--db", place, code=1)
    assert "This was written down, and is told on every console." in err
    store.write(AGENT, take_in_own, token, DUTY, store.read(look_through, 7), step)
    assert "SG-1: the journal does not hold: entry 5" in store.read(own_watch).broken
    store.close()


def test_what_is_found_broken_and_cannot_be_written_down_is_said(capsys: Said, place: Path) -> None:
    store = Store.at(place)
    token = store.write(AGENT, take_lease, DUTY, "agent")
    store.write(AGENT, take_in_own, token, DUTY, store.read(look_through, 0), 0)
    store.close()
    with closing(sqlite3.connect(place)) as connection, connection:
        connection.execute("DROP TRIGGER journal_no_update")
        connection.execute("UPDATE journal SET actor = 'x' WHERE seq = 5")
        connection.execute(
            "CREATE TRIGGER shut BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'no room'); END"
        )
    _, err = said(capsys, "journal", "verify", "--db", place, code=1)
    assert "the journal does not hold: entry 5" in err
    assert "This could not be written down, so tell it:" in err


def test_a_head_kept_elsewhere_finds_an_end_that_was_cut_off(capsys: Said, place: Path) -> None:
    kept = said(capsys, "journal", "head", "--db", place)[0]
    assert kept.startswith("7:")
    out, _ = said(capsys, "journal", "verify", "--db", place, "--head", kept)
    assert "nothing was cut off or made anew" in out
    with closing(sqlite3.connect(place)) as connection, connection:
        for name in ("journal_no_delete", "seal_no_delete"):
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("DELETE FROM journal WHERE seq > 5")
        connection.execute("DELETE FROM seal")
    assert "the journal holds" in said(capsys, "journal", "verify", "--db", place)[0]
    assert (
        "entries 6 to 7 cut off"
        in said(capsys, "journal", "verify", "--db", place, "--head", kept, code=1)[1]
    )


def test_another_key_or_no_key_is_one_clear_line(capsys: Said, place: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    wrong = tmp_path / "wrong.pem"
    wrong.write_text(write_key(other).key_id)
    err = said(capsys, "journal", "verify", "--db", place, "--public-key", wrong, code=1)[1]
    assert "not by key" in err
    for name in (place, other, tmp_path / "none.pem", tmp_path):
        code = 2 if name.is_file() else 3
        err = said(capsys, "journal", "verify", "--db", place, "--public-key", name, code=code)[1]
        assert str(name) in err
        assert "PRIVATE" not in err


@pytest.mark.parametrize(
    ("data", "code", "what"),
    [
        (b"", 2, "is empty"),
        (b"hello\n" * 100, 2, "is neither an exported journal nor a database"),
        (b"{}\n", 2, "is no exported journal"),
        (b"{\xff\n", 2, "is no exported journal"),
        (
            b'{"watchfloor":"journal","format":1,"entries":9,"seals":0,"head":""}\n',
            1,
            "the export is cut off",
        ),
        (b"SQLite format 3\x00" + b"x" * 5000, 3, "database"),
    ],
)
def test_a_file_that_is_none_of_ours_says_what_it_is(
    capsys: Said, tmp_path: Path, data: bytes, code: int, what: str
) -> None:
    file = tmp_path / "x"
    file.write_bytes(data)
    err = said(capsys, "journal", "verify", file, code=code)[1]
    assert what in err
    assert str(file) in err


def test_the_database_of_another_program_is_left_alone(capsys: Said, tmp_path: Path) -> None:
    file = tmp_path / "theirs.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE theirs (x)")
    before = file.read_bytes()
    assert "another program" in said(capsys, "journal", "verify", file, code=3)[1]
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("verify", "--lines", "3"), "--lines does nothing with journal verify"),
        (("head", "x.jsonl"), "'x.jsonl' does nothing with journal head"),
        (("seals", "--public"), "--public does nothing with journal seals"),
        (("verify", "--head", "7"), "is no head of a journal"),
        (("key", "--file", "x", "--keyring"), "not in both"),
        (("export", "x", "--json"), "--json does nothing with journal export"),
    ],
)
def test_wrong_use_is_refused_before_anything_is_done(
    capsys: Said, words: tuple[str, ...], what: str
) -> None:
    assert what in said(capsys, "journal", *words, code=2)[1]


def test_a_file_and_a_database_are_not_both_verified(capsys: Said, place: Path) -> None:
    assert "Name one of them" in said(capsys, "journal", "verify", "x", "--db", place, code=2)[1]


def test_progress_is_shown_on_a_terminal_only(
    capsys: Said, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from console.cli import progress

    monkeypatch.setattr(progress, "EVERY_S", -1.0)
    said(capsys, "journal", "verify", "--db", place)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main(["journal", "verify", "--db", str(place)]) == 0
    err = capsys.readouterr().err
    assert "verifying 7 of 7 entries (100 %)" in err
    assert err.endswith("\r")


def test_another_key_takes_the_place_of_the_former_by_a_word_and_verify_names_both(
    capsys: Said, place: Path, tmp_path: Path
) -> None:
    key = key_beside(Place.of_file(place))
    former = public_key(capsys, place)
    err = said(capsys, "journal", "key", "--replace", "--reason", "x", "--db", place, code=1)[1]
    assert "already" in err
    key.unlink()
    err = said(capsys, "journal", "key", "--replace", "--reason", "x", "--db", place, code=2)[1]
    assert "there is no key here" in err
    write_key(key)
    assert "a reason is asked for" in said(capsys, "journal", "key", "--replace", "--db", place, code=2)[1]
    assert (
        "--reason does nothing" in said(capsys, "journal", "key", "--reason", "x", "--db", place, code=2)[1]
    )
    out, _ = said(capsys, "journal", "key", "--replace", "--reason", "host given away", "--db", place)
    assert "instead of key" in out
    assert "host given away" in said(capsys, "log", "--db", place)[0]
    later = place.with_name("later.pem")
    later.write_text(said(capsys, "journal", "key", "--public", "--db", place)[0])
    store = Store.at(place)
    found = find_key(Place.of_file(place))
    assert found is not None
    while batch := store.read(next_batch):
        store.write(ADA, keep_seal, seal_batch(batch, utc_now(), found.key), TOKEN)
    store.close()
    out, _ = said(capsys, "journal", "verify", "--db", place, "--public-key", former, "--public-key", later)
    assert "Signed by 2 keys one after another, which you named" in out
    assert "seals 1 to 1 (to entry 7)" in out
    assert "seals 2 to 2 (to entry 8)" in out
    said(capsys, "journal", "key", "--replace", former, "--reason", "back again", "--db", place)
    assert main(["journal", "verify", "--db", str(place), "--json"]) == 0
    signers = json.loads(capsys.readouterr().out)["signers"]
    assert [signer[1:] for signer in signers] == [[1, 1, 7], [2, 2, 8]]


def test_of_a_missing_entry_is_said_up_to_where_the_chain_fits(
    capsys: Said, place: Path, tmp_path: Path
) -> None:
    file = tmp_path / "j.jsonl"
    said(capsys, "journal", "export", file, "--db", place)
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line for n, line in enumerate(lines) if n != 5), encoding="utf-8")
    told = said(capsys, "journal", "verify", file, code=1)[1]
    assert "entry 5 is missing before it" in told
    assert "Up to entry 4 the chain of hashes fits" in told

    with closing(sqlite3.connect(place)) as connection, connection:
        connection.execute("DROP TRIGGER journal_no_delete")
        connection.execute("DELETE FROM journal WHERE seq IN (5, 6)")
    told = said(capsys, "journal", "verify", "--db", place, code=1)[1]
    assert "entries 5 to 6 are missing before it" in told
    assert "Up to entry 4 the chain of hashes fits" in told


def test_on_a_terminal_a_verdict_breaks_between_words(capsys: Said, place: Path) -> None:
    words = {
        word
        for line in said(capsys, "journal", "verify", "--db", place)[0].splitlines()
        for word in line.split()
    }
    command: list[str | Path] = [sys.executable, "-m", "console", "journal", "verify", "--db", place]
    with Terminal.start(command, size=(80, 40)) as terminal:
        assert terminal.wait_exit() == 0
        seen = terminal.text
    short = {word for word in words if len(word) < 80}
    assert short <= set(seen.split())


def test_it_prints_what_it_says_of_a_subject(capsys: Said, tmp_path: Path) -> None:
    place = tmp_path / "watchfloor.db"
    store = Store.at(place)
    store.write(ADA, draft_action, {"deviation": "a cable was loose"})
    store.write(ADA, draft_action, {"deviation": "another"})
    store.close()
    told = said(capsys, "journal", "A-1", "--db", place)[0]
    assert "A-1 drafted: a cable was loose" in told
    assert "another" not in told
    (entry,) = json.loads(said(capsys, "journal", "a-1", "--json", "-n", "5", "--db", place)[0])
    assert entry["subject"] == "action:1"
    assert main(["journal", "A-99", "--db", str(place)]) == 0
    assert capsys.readouterr().err == "watchfloor: no entry is about A-99\n"
    with pytest.raises(SystemExit):
        main(["journal", "A-x", "--db", str(place)])
    told = capsys.readouterr().err
    assert "'A-x' is none of export, head, key, seals, verify, nor what entries are about, as A-1" in told
    assert (
        "--head does nothing with journal A-1"
        in (said(capsys, "journal", "A-1", "--head", "1:a", "--db", place, code=2)[1])
    )
