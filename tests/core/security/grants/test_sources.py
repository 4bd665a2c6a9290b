"""Every kind of source is read as it is written, and what cannot be read is one clear trouble or a refused line."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from core.errors import BadInput, Unavailable
from core.security.grants.sources import opening, sudoers
from core.security.grants.sources.opening import open_source
from core.security.grants.sources.postgresql import Told, database_at, listing_of
from tests.core.security.grants.house import SAMPLES

if TYPE_CHECKING:
    from pathlib import Path

    from core.security.grants.sources.model import Listing
    from tests.postgres import Server


def read(name: str, kind: str = "", account: str = "") -> Listing:
    return open_source(str(SAMPLES / name), kind, account).listing


def rights(listing: Listing) -> list[tuple[str, str, bool]]:
    return [(line.principal, line.entitlement, line.is_privileged) for line in listing.lines]


def whys(listing: Listing) -> dict[str, str]:
    return dict(listing.refusals)


def test_passwd_tells_who_may_log_in() -> None:
    listing = read("passwd")
    assert listing.kind == "passwd"
    assert rights(listing) == [
        ("root", "root account", True), ("toor", "root account", True), ("alice", "login", False), ("bob", "login", False),
    ]  # fmt: skip
    assert listing.lines[2].said == "Alice Adeyemi"
    assert dict(listing.passed) == {"accounts that nobody logs in with": 2}
    assert whys(listing) == {
        "line 7": "takes accounts from elsewhere, which cannot be read here",
        "line 8": "has not the 7 fields of an account",
    }
    assert listing.read == 8


def test_a_number_of_a_user_is_read_however_long_it_is(tmp_path: Path) -> None:
    file = tmp_path / "passwd"
    numbers = ("0" * 5000, "1" * 5000, "\u00b2")
    file.write_text("".join(f"a{place}:x:{number}:0::/:/bin/sh\n" for place, number in enumerate(numbers)))
    listing = open_source(str(file), "passwd").listing
    assert rights(listing) == [("a0", "root account", True), ("a1", "login", False)]
    assert list(whys(listing)) == ["line 3"]


def test_group_tells_who_is_named() -> None:
    assert rights(read("group")) == [
        ("alice", "group wheel", True), ("bob", "group wheel", True), ("alice", "group shop", False),
        ("carol", "group shop", False), ("bob", "group docker", True),
    ]  # fmt: skip


def test_sudoers_resolves_aliases_and_refuses_what_it_cannot_read() -> None:
    listing = read("sudoers")
    restart = "/usr/bin/systemctl restart"
    of_ops = [
        f"sudo NOPASSWD: {restart} shop as root",
        f"sudo NOPASSWD: {restart} pay as root",
        "sudo /usr/bin/journalctl as root",
    ]
    assert rights(listing) == [
        ("root", "sudo ALL as ALL:ALL", True),
        ("%wheel", "sudo NOPASSWD: ALL as ALL", True),
        *(("alice", right, True) for right in of_ops),
        *(("bob", right, True) for right in of_ops),
        ("carol", "sudo /usr/bin/psql as postgres,pgbouncer on web-1,web-2", True),
        ("dave", "sudo NOPASSWD: /bin/kill as root", True),
        ("dave", "sudo NOPASSWD: !/bin/kill -9 1 as root", True),
        ("erin", "sudo /usr/bin/tail -f /var/log/a\\,b.log as root", True),
    ]
    assert whys(listing) == {
        "line 16": "uses the alias NOWHERE, which the file does not declare",
        "line 17": "is neither a right, nor an alias, nor a default",
    }
    assert dict(listing.passed)["lines that include other files: name those as sources of their own"] == 1


def test_sudoers_may_have_blanks_around_what_stands_in_it() -> None:
    listing = sudoers.read(
        "Host_Alias WEB = web-1, web-2\nann ALL = (root) /bin/a\nben WEB , db-1 = /bin/b : shop = NOPASSWD: /bin/c\n"
        "carol ALL = (ALL\n"
    )
    assert rights(listing) == [
        ("ann", "sudo /bin/a as root", True),
        ("ben", "sudo /bin/b as root on web-1,web-2,db-1", True),
        ("ben", "sudo NOPASSWD: /bin/c as root on shop", True),
    ]
    assert whys(listing) == {"line 4": "says as whom in brackets that do not end: it was cut off"}


def test_what_sudoers_lets_somebody_run_is_a_command() -> None:
    listing = sudoers.read(
        "ann ALL = sudoedit /etc/motd, sha256:0a1b /bin/a, ^/bin/[a-z]+$, list\nben ALL = !/bin/b, ALL\n"
        "Cmnd_Alias BAD = /bin/c, kill\ncarol ALL = BAD\ndn: cn=dba\n"
    )
    assert [right for _, right, _ in rights(listing)] == [
        "sudo sudoedit /etc/motd as root", "sudo sha256:0a1b /bin/a as root", "sudo ^/bin/[a-z]+$ as root",
        "sudo list as root", "sudo !/bin/b as root", "sudo ALL as root",
    ]  # fmt: skip
    assert whys(listing) == {
        "line 4": 'names "kill", which is no command: those begin with /',
        "line 5": 'names "dba", which is no command: those begin with /',
    }


def test_aliases_that_multiply_are_refused_with_their_line(tmp_path: Path) -> None:
    file = tmp_path / "sudoers"
    deep = [f"User_Alias A{n} = {', '.join([f'A{n - 1}'] * 20)}" for n in range(1, 10)]
    many = f"User_Alias P = {', '.join(f'p{n}' for n in range(300))}"
    commands = f"Cmnd_Alias C = {', '.join(f'/bin/c{n}' for n in range(300))}"
    last = ["A9 ALL = (root) ALL", "P ALL = (root) C", "ana ALL = (root) C"]
    file.write_text("\n".join(["User_Alias A0 = ana", *deep, many, commands, *last]) + "\n")
    listing = open_source(str(file), "sudoers").listing
    why = "stands for more than 20000 names or rights"
    assert whys(listing) == {"line 13": why, "line 14": why}
    assert len(listing.lines) == 300


def test_keys_go_by_comment_or_fingerprint_as_ssh_keygen_prints_it() -> None:
    listing = read("authorized_keys", account="deploy")
    first = "SHA256:QGTPln1ozaHMVDNuStN7dXdfWSstxZ4xRJiNkszCuiM"
    second = "SHA256:ispBNUnc16eNhqIfV8x9k/bGGRpiYsGhXD1kE11zbF4"
    third = "SHA256:Ked/L8nzdyJWqdXWrqmYxg6mhBvy/8tqX+66YSIcJu4"
    assert rights(listing) == [
        ("alice@laptop", f"ssh key {first} as deploy", False),
        (second, f"ssh key {second} as deploy", False),
        ("deploy key, old", f"ssh key {third} as deploy", False),
    ]
    told = listing.lines[1]
    assert told.expires == date(2030, 12, 31)
    assert told.said.startswith('ssh-rsa from="10.0.0.*,!10.0.0.9" command="/usr/bin/backup')
    assert whys(listing) == {"line 5": "is no key of type ssh-ed25519"}
    assert all(line.is_privileged for line in read("authorized_keys", account="root").lines)


def test_whose_keys_they_are_is_told_by_their_path(tmp_path: Path) -> None:
    for name in ("alice", "root"):
        place = tmp_path / name / ".ssh"
        place.mkdir(parents=True)
        (place / "authorized_keys").write_bytes((SAMPLES / "authorized_keys").read_bytes())
    listing = open_source(f"{tmp_path}/*/.ssh/authorized_keys").listing
    assert {line.entitlement.rpartition(" ")[2] for line in listing.lines} == {"alice", "root"}
    assert listing.lines[0].place == f"{tmp_path}/alice/.ssh/authorized_keys line 2"
    with pytest.raises(BadInput, match="does not say whose account"):
        read("authorized_keys")
    with pytest.raises(BadInput, match="matches no file"):
        open_source(f"{tmp_path}/*/nothing")


def test_ldif_reads_memberships_in_both_directions_once() -> None:
    listing = read("people.ldif")
    assert rights(listing) == [
        ("alice", "group Domain Admins", True), ("alice", "group shop-operators", False),
        ("jörg", "group shop-operators", False), ("Smith, Ann", "group shop-operators", False),
        ("alice", "group unix", False), ("carol", "group unix", False),
    ]  # fmt: skip
    assert listing.lines[0].last_used == datetime(2026, 11, 1, 8, tzinfo=UTC)
    assert (listing.lines[0].said, listing.lines[0].names) == ("Alice Adeyemi", ("alice@shop.example",))
    assert whys(listing) == {"line 37": "has a value of 'jpegPhoto' that cannot be read"}


def test_a_table_keeps_what_a_spreadsheet_would_calculate_as_text() -> None:
    listing = read("grants.csv")
    assert rights(listing) == [
        ("alice", "admin", True), ("bob", "reader", False), ("frank", "reader", False),
    ]  # fmt: skip
    alice, _, frank = listing.lines
    assert (alice.on, alice.owner, alice.since, alice.expires) == (
        "service:orders", "ada", date(2026, 1, 10), date(2027, 1, 9),
    )  # fmt: skip
    assert frank.owner == "'=cmd|' /c calc'!A1"
    assert whys(listing) == {
        "line 4": "'=HYPERLINK(\"http://x\")' is no name of a principal: a spreadsheet would calculate it",
        "line 5": "privileged 'perhaps' is neither yes nor no",
        "line 6": "since 'yesterday' is no day: write 2026-11-30",
        "line 7": "names no entitlement",
        "line 9": "has 2 cells, the first line has 11",
    }


def test_a_row_that_does_not_fit_its_first_line_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("user,note,role\nDoe, John,admin,reader\nann,,admin,,\nbob,x\n")
    listing = open_source(str(file)).listing
    assert rights(listing) == [("ann", "admin", False)]
    assert whys(listing) == {
        "line 2": "has 4 cells, the first line has 3", "line 4": "has 2 cells, the first line has 3",
    }  # fmt: skip


def test_roles_of_a_database_and_their_rights() -> None:
    told = Told(
        [("ada", True, True, False, False, False, False, None), ("app", True, False, False, False, False, False, "2027-01-31"),
         ("readers", False, False, False, False, False, False, None)],
        [("app", "readers", False), ("app", "pg_read_all_data", False), ("ada", "readers", True)],
        [("database", "shop", "ada", "owner"), ("schema", "public", "PUBLIC", "USAGE"), ("tables of", "public", "readers", "SELECT")],
    )  # fmt: skip
    listing = listing_of(told)
    assert rights(listing) == [
        ("ada", "superuser", True), ("ada", "login", False), ("app", "login", False),
        ("app", "member of readers", False), ("app", "member of pg_read_all_data", True),
        ("ada", "member of readers, may add members", True), ("ada", "owner of database shop", True),
        ("PUBLIC", "USAGE on schema public", False), ("readers", "SELECT on tables of public", False),
    ]  # fmt: skip
    assert listing.lines[2].expires == date(2027, 1, 31)
    assert dict(listing.passed) == {"roles that nobody logs in as": 1}


def test_a_database_is_read_at_its_address(postgres_server: Server) -> None:
    with postgres_server.fresh_database() as database:
        opened = database_at(database.socket_url(), None)
        assert "superuser" in {line.entitlement for line in opened.listing.lines}
        with pytest.raises(Unavailable, match=r"cannot be read: .*no password") as refused:
            database_at(database.socket_url("no-such-user"), None)
        assert "access password" in refused.value.next_step


@pytest.mark.parametrize(
    ("name", "content", "kind", "says"),
    [
        ("a.csv", 'user,role\n"alice,admin\nbob,reader\n', "", "ends within a quoted cell: it was cut off"),
        ("a.csv", "name;colour\nx;y\n", "", "names no column"),
        ("a.csv", "user,role,user\nx,y,z\n", "", "names the column user twice"),
        ("a.csv", "", "", "is empty"),
        ("a.csv", "\ufeff", "", "names no column"),
        ("passwd", "alice:x:1000:1000::/home/alice:/bin/bash\nbob:x:10", "passwd", "it was cut off"),
        ("group", "alice:x:1000:1000::/home/alice:/bin/bash\n", "group", "its lines are those of a passwd file"),
        ("sudoers", "alice ALL=(root) \\\n", "sudoers", "ends in a line that goes on: it was cut off"),
        ("sudoers", "<html>\n<body>\n", "sudoers", "is no sudoers file"),
        ("x.ldif", "dn: cn=dba,dc=x\nmember: uid=ann,dc=x\n", "sudoers", "is no sudoers file"),
        ("x.ldif", "dn: uid=a,dc=x\nuid: a\nmem", "", "ends in the middle of a line: it was cut off"),
        ("x.ldif", "dn: uid=a,dc=x\nchangetype: delete\n", "", "lists changes, not what is there"),
        ("x.ldif", "<xml/>\n", "ldif", "is no LDIF"),
        ("authorized_keys", "<html>\n", "authorized_keys", "is no file of authorized keys"),
        ("authorized_keys", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH", "authorized_keys", "it was cut off"),
        ("a.csv", "user,role\nal\x00ice,adm\x1b[31min\n", "", ""),
    ],
)  # fmt: skip
def test_what_is_cut_off_or_foreign_is_one_message(
    tmp_path: Path, name: str, content: str, kind: str, says: str
) -> None:
    file = tmp_path / name
    file.write_text(content)
    if not says:
        (line,) = open_source(str(file), kind).listing.lines
        assert (line.principal, line.entitlement) == ("al\ufffdice", "admin")
        return
    with pytest.raises(BadInput, match=says) as refused:
        open_source(str(file), kind, "deploy")
    assert name in refused.value.where
    assert refused.value.next_step


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "grants.csv"
    file.write_bytes(b"user,role\n\xff\xfe\x00alice,x\n")
    with pytest.raises(BadInput, match="is no text in UTF-8"):
        open_source(str(file))
    with pytest.raises(BadInput, match="is no kind of source"):
        open_source(str(file), "xlsx")
    with pytest.raises(BadInput, match="cannot be read"):
        open_source(str(tmp_path / "none.csv"))


def test_what_is_far_too_much_is_refused_before_it_is_taken_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("user,role\n" + "ana,x\n" * 50)
    monkeypatch.setattr(opening, "MOST_WRITTEN", 40)
    with pytest.raises(BadInput, match="has more than 40 lines") as refused:
        open_source(str(tmp_path / "a.csv"))
    assert refused.value.where == "a.csv"
    monkeypatch.setattr(opening, "MOST_BYTES", 500)
    with pytest.raises(BadInput, match="together larger than"):
        open_source(f"{tmp_path}/*.csv")


def test_a_value_in_a_hundred_thousand_parts_is_read(tmp_path: Path) -> None:
    file = tmp_path / "people.ldif"
    photo = "jpegPhoto:: AAAA\n" + (" " + "A" * 76 + "\n") * 400_000
    file.write_text(f"dn: cn=ops,dc=x\ncn: ops\n{photo}memberUid: alice\n")
    assert rights(open_source(str(file)).listing) == [("alice", "group ops", False)]


def test_what_nobody_means_in_a_name_or_an_option_takes_no_time(tmp_path: Path) -> None:
    key = (SAMPLES / "authorized_keys").read_text().splitlines()
    line = next(each for each in key if each.startswith("ssh-ed25519 "))
    keys = tmp_path / "authorized_keys"
    keys.write_text(f"{'a' * 2_000_000}! {line}\n")
    assert len(open_source(str(keys), "authorized_keys", "web").listing.lines) == 1
    people = tmp_path / "people.ldif"
    people.write_text(f"dn: cn=ops{' ' * 2_000_000}x\ncn: ops\nmemberUid: alice\n")
    assert rights(open_source(str(people)).listing) == [("alice", "group ops", False)]


def test_escaped_blanks_and_tags_of_sudoers_take_no_time(tmp_path: Path) -> None:
    file = tmp_path / "sudoers"
    name = "a\\ " * 200_000 + "z"
    file.write_text(
        f"{name} ALL = /bin/ls\nbob ALL = {'NOPASSWD: ' * 100_000}/bin/ls\nbo\\ b ALL=(root) SETENV: /bin/id\n"
    )
    begun = time.monotonic()
    found = rights(open_source(str(file), "sudoers").listing)
    assert time.monotonic() - begun < 5
    assert ("bob", "sudo NOPASSWD: /bin/ls as root", True) in found
    assert ("bo b", "sudo /bin/id as root", True) in found
