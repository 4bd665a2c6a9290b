"""`watchfloor mail`: how it stands, what a person decides, and whether a mailbox can be used."""

from __future__ import annotations

import io
import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from console.__main__ import main
from core.catalog.commands import load_catalog
from core.catalog.mail import Mailbox
from core.catalog.model import Catalog, Service
from core.desk import commands
from core.desk.messages import outbox
from core.desk.messages.queries import messages_of
from core.desk.requests.commands import new_request
from core.desk.requests.model import Asked
from core.gate.model import Consent, Level
from core.journal.model import Subject, Via
from core.store.lease import take_lease
from core.store.store import Store
from core.store.work import Author
from tests.console.answers import answer
from tests.mail_servers import free_port, post_office

if TYPE_CHECKING:
    from pathlib import Path

ADA = Author("ada", Via.CLI, "ada")
AGENT = Author("agent", Via.AGENT, "agent:here:1:aa")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WATCHFLOOR_HOME", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    return tmp_path / "watchfloor.db"


def declared(place: Path, port: int, **other: Any) -> Store:
    store = Store.at(place)
    box = Mailbox(
        "support", "support@acme.example", "Acme", "acme", ("orders",), smtp_host="127.0.0.1", smtp_port=port,
        smtp_security="none", **other,
    )  # fmt: skip
    catalog = Catalog(services={"orders": Service("orders", "Orders")}, mailboxes={"support": box})
    store.write(ADA, load_catalog, catalog, directory="d", digest="x", changes=[])
    return store


def queue(store: Store) -> None:
    store.write(ADA, commands.open_incident, "web", "orders", "web is down", 2, Consent(Level.BOX))
    said: dict[str, Any] = {
        "purpose": "update",
        "channel": "mail",
        "title": "News",
        "body": "hello",
        "recipient": "kim@c.example",
    }
    for key in ("one", "two"):
        store.write(ADA, partial(outbox.queue, subject=Subject("incident", "1"), key=key, **said))


def run(capsys: pytest.CaptureFixture[str], place: Path, *words: str) -> tuple[int, str, str]:
    return answer(capsys, "mail", "--db", str(place), *words)


def test_how_it_stands_and_what_a_person_decides(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = declared(place, free_port())
    queue(store)
    token = store.write(AGENT, take_lease, outbox.DUTY, "agent:here:1:aa")
    store.write(AGENT, outbox.note_failed, token, 1, "550 no such user", for_good=True)
    code, out, _ = run(capsys, place)
    assert code == 0
    assert "support@acme.example" in out
    assert "1 waiting, the oldest for" in out
    assert "1 undelivered; 0 unknown" in out
    assert "550 no such user" in out
    code, out, _ = run(capsys, place, "dead", "--json")
    assert [(each["id"], each["state"]) for each in json.loads(out)] == [("M-1", "undelivered")]
    assert run(capsys, place, "retry", "M-1")[0] == 2  # asks to be confirmed
    code, out, _ = run(capsys, place, "retry", "M-1", "--yes")
    assert (code, "waiting" in out) == (0, True)
    assert run(capsys, place, "drop", "M-1", "--yes")[0] == 2  # asks for a reason
    code, out, _ = run(capsys, place, "drop", "M-1", "--yes", "--text", "told by phone")
    assert (code, "cancelled" in out) == (0, True)
    code, out, err = run(capsys, place, "retry", "M-1", "--yes")
    assert (code, "cancelled" in err) == (1, True)
    code, out, _ = run(capsys, place, "--json")
    found = json.loads(out)
    assert (found["waiting"], found["undelivered"], found["mailboxes"][0]["id"]) == (1, 0, "support")
    code, out, _ = run(capsys, place, "of", "I-1", "--json")
    assert [each["state"] for each in json.loads(out)] == ["cancelled", "waiting"]
    store.close()


def test_a_preview_shows_exactly_what_goes_out(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = declared(place, free_port())
    store.write(ADA, new_request, Asked("A till", "orders", "kim@c.example"), Consent(Level.BOX))
    code, out, _ = run(capsys, place, "preview", "R-1", "--text", "It comes.")
    assert code == 0
    assert "to        kim@c.example" in out
    assert "subject   [acme R-1] A till" in out
    assert "thread    <wf.request-1.0@acme.example>" in out
    assert "It comes." in out
    assert "1 message would go out. Nothing was sent." in out
    assert main(["request", "R-1", "tell", "--text", "It comes.", "--preview", "--db", str(place)]) == 0
    assert capsys.readouterr().out == out
    assert main(["request", "R-1", "take", "--preview", "--db", str(place)]) == 2
    assert "--preview does nothing with take" in capsys.readouterr().err
    assert [m.purpose for m in store.read(messages_of, Subject("request", "1"))] == ["receipt"]
    code, out, _ = run(capsys, place, "preview", "M-1", "--json")
    assert json.loads(out)["subject"] == "[acme R-1] Received: A till"
    store.close()


def test_a_mailbox_is_tried_and_nothing_is_sent(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("new", "cur"):
        (tmp_path / "mail" / name).mkdir(parents=True)
    (tmp_path / "mail" / "new" / "one").write_text("x")
    with post_office() as post:
        declared(place, post.port, maildir=str(tmp_path / "mail")).close()
        code, out, _ = run(capsys, place, "test", "support")
    assert (code, post.mails) == (0, [])
    assert "sending: ok: 127.0.0.1:" in out
    assert "1 to be taken" in out
    code, out, _ = run(capsys, place, "test", "support")
    assert (code, "sending: FAILED" in out) == (3, True)
    assert run(capsys, place, "test", "nobody")[0] == 1


def test_a_password_is_kept_and_never_shown(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    declared(place, free_port()).close()
    monkeypatch.setattr("sys.stdin", io.StringIO("geheim\n"))
    code, _, err = run(capsys, place, "password", "support")
    assert code == 3
    assert "add --file" in err
    monkeypatch.setattr("sys.stdin", io.StringIO("geheim\n"))
    code, out, err = run(capsys, place, "password", "support", "--file")
    assert code == 0
    assert "geheim" not in out + err
    kept = place.with_name("watchfloor.db.mail-support")
    assert (kept.read_text(), kept.stat().st_mode & 0o777) == ("geheim\n", 0o600)


@pytest.mark.parametrize(
    "words",
    [("retry",), ("received", "x"), ("x",), ("of", "nothing"), ("retry", "M-x", "--yes"), ("test", "a", "--text", "b"),
     ("password", "../x", "--file")],
)  # fmt: skip
def test_what_is_said_wrong_is_refused(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    declared(place, free_port()).close()
    monkeypatch.setattr("sys.stdin", io.StringIO("geheim\n"))
    try:
        code = run(capsys, place, *words)[0]
    except SystemExit as end:
        code = int(end.code or 0)
    assert code == 2
