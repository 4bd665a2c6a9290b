"""Who has no password but a certificate: they come in over TLS, are who it names, and believe no other authority's server.

The server of the wheel has no TLS: this needs one of the system's packages.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from core.desk.commands import open_incident
from core.gate.model import Consent, Level
from core.journal.model import Via
from core.store.store import Store
from core.store.work import Author
from tests.postgres import running_server
from tests.tls import Authority

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.journeys.conftest import House
    from tests.postgres import Database

WHO_MAY = """
local all postgres trust
hostssl all +certificate_users 127.0.0.1/32 cert
hostssl all all 127.0.0.1/32 scram-sha-256
"""
TESTER = Author("tester", Via.CONSOLE, "tests")


def with_tls() -> Path | None:
    """Returns the programs of the newest server of the system that was built with TLS."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -float(p.parent.name)):
        if (folder / "postgres").exists() and (folder / "pg_config").exists():
            told = subprocess.run(
                [folder / "pg_config", "--configure"], capture_output=True, text=True, check=False
            )
            if "openssl" in told.stdout:
                return folder
    return None


BINARIES = with_tls()
pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(BINARIES is None, reason="needs a PostgreSQL with TLS: the package postgresql"),
]


class Site:
    """A server that speaks TLS and wants certificates, and a prepared database on it."""

    def __init__(self, database: Database, authority: Authority, clients: Path) -> None:
        self.database, self.authority, self.clients = database, authority, clients

    def url(
        self, login: str, shown: str = "", believed: Path | None = None, by: Authority | None = None
    ) -> str:
        """Returns how `login` comes in with the certificate of `shown`; without any where that is "-"."""
        words = {"sslmode": "verify-full", "sslrootcert": str(believed or self.authority.certificate)}
        if shown != "-":
            certificate, key = (by or self.authority).issue(shown or login)
            words |= {"sslcert": str(certificate), "sslkey": str(key)}
        return f"postgresql://{login}@127.0.0.1:{self.database.server.port}/{self.database.name}?{urlencode(words)}"


def authority(folder: Path, name: str) -> Authority:
    (folder / name).mkdir()
    return Authority(folder / name, name)


@pytest.fixture
def site(house: House, tmp_path: Path) -> Iterator[Site]:
    ours = authority(tmp_path, "ours")
    with tempfile.TemporaryDirectory(prefix="wf-tls-") as folder:
        shown = Path(folder)
        shown.chmod(0o755)
        certificate, key = (shutil.copy(path, shown) for path in ours.issue("server", "127.0.0.1"))
        clients = shutil.copy(ours.certificate, shown)
        Path(key).chmod(0o600)
        if Path(key).owner() == "root":
            shutil.chown(key, "nobody")
        with (
            running_server(
                BINARIES, WHO_MAY, ssl="on", ssl_cert_file=str(certificate), ssl_key_file=str(key),
                ssl_ca_file=str(clients),
            ) as server,
            server.fresh_database() as database,
        ):  # fmt: skip
            root = database.socket_url()
            house.run("admin", "create", "--db", root)
            for login in ("ada", "bob"):
                database.role(login, None, ["certificate_users"])
                house.run("staff", "add", login, "--role", "operator", "--no-password", "--db", root)
            yield Site(database, ours, Path(clients))
            for terminal in house.open:
                terminal.close()


def test_whoever_a_certificate_names_comes_in_and_is_the_actor(site: Site, house: House) -> None:
    url = site.url("ada")
    store = Store.at(url)
    store.write(TESTER, open_incident, "", "shop", "the till does not answer", 2, Consent(Level.BOX))
    store.close()
    told = house.run("connect", url)
    assert "as ada, TLS\n" in told.stdout
    assert "WARNING" not in told.stderr
    house.run("incidents", "I-1", "acknowledge")
    acts = [(entry["actor"], entry["kind"]) for entry in house.data("log", "-n", "5")]
    assert ("ada", "incident.acknowledged") in acts
    assert "tester" not in {actor for actor, _ in acts}
    desk = house.console("--no-agent", "--view", "incidents", size=(120, 30))
    desk.wait_for("I-1", "ada", timeout_s=60)
    desk.press("l")
    desk.wait_for("what you saw or did")
    desk.wait_quiet()
    desk.type_text("seen over TLS")
    desk.wait_for("seen over TLS")
    desk.press("enter")
    desk.wait_for("noted on I-1")
    newest = house.data("log", "-n", "1")[0]
    assert (newest["actor"], newest["note"]) == ("ada", "seen over TLS")
    with site.database.connect() as one:
        rows = one.execute(
            "SELECT DISTINCT s.ssl, s.client_dn FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE a.usename = 'ada'"
        ).fetchall()
    assert rows == [(True, "/CN=ada")]


def test_a_server_of_another_authority_is_not_believed(site: Site, house: House, tmp_path: Path) -> None:
    other = authority(tmp_path, "theirs")
    for words in (("connect",), ("log", "--db")):
        told = house.run(*words, site.url("ada", believed=other.certificate), code=3)
        assert told.stdout == ""
        assert told.stderr.count("\n") == 1
        assert "certificate verify failed" in told.stderr
        assert "Name the authority that signed it: sslrootcert=FILE" in told.stderr
    assert house.data("connections") == []
    desk = house.console("--no-agent", "--db", site.url("ada", believed=other.certificate), size=(160, 24))
    assert desk.wait_exit() == 3
    assert "certificate verify failed" in " ".join(desk.raw.decode().split())
    assert "Traceback" not in desk.raw.decode()


@pytest.mark.parametrize(
    ("shown", "by"), [("bob", ""), ("-", ""), ("ada", "theirs")],
    ids=["another's certificate", "no certificate", "a certificate of another authority"],
)  # fmt: skip
def test_who_shows_no_certificate_of_their_own_is_not_let_in(
    site: Site, house: House, tmp_path: Path, shown: str, by: str
) -> None:
    url = site.url("ada", shown, by=authority(tmp_path, by) if by else None)
    for words in (("connect",), ("log", "--db")):
        told = house.run(*words, url, code=3)
        assert told.stdout == ""
        assert told.stderr.count("\n") == 1
        assert "certificate" in told.stderr or "alert" in told.stderr
