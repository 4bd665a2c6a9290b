"""What is seen in lines of each kind of log, when they say they were written, and what is counted of it. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.logs import LogPattern, LogSource
from core.security.signals.counting import MOST_KEYS, Windows
from core.security.signals.judging import Judge
from core.security.signals.model import Severity, grew, kept_samples
from core.security.signals.reading.journal_export import cut_records
from core.security.signals.reading.scanning import Scanner, Sighting
from core.security.signals.reading.stamps import Stamps
from core.security.signals.rules import ALL, BUILT_IN, Rule
from core.timekeeping import from_micros, to_micros

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SYSLOG = "Nov 23 09:00:00 shop-1 "
FROM = " from 203.0.113.9 port 40000 ssh2"
SUDO = SYSLOG + "sudo[7]:   bob : "
SHELL = "TTY=pts/0 ; PWD=/home/bob ; USER=root ; COMMAND="
CSV = '2026-11-23 09:00:00.690 UTC,"boss","shop",7382,"10.0.0.4:37756",6b0d42ca.1cd6,2,"authentication",2026-11-23 08:59:58 UTC,3/1,0,%s,"%s",,,,,,,,,"","client backend",,0'
JSON = (
    r'{"timestamp":"2026-11-23 09:00:00.690 UTC","user":"a \"b","dbname":"shop","pid":7382,"remote_host":"::1","remote_port":37756,'
    r'"session_id":"6b0d42ca.1cd6","line_num":2,"ps":"authentication","session_start":"2026-11-23 08:59:58 UTC","vxid":"3/1","txid":0,'
    r'"error_severity":"%s","state_code":"%s","message":"%s","backend_type":"client backend","query_id":0}'
)
PG = "2026-11-23 09:00:00.123 UTC [77] "
WEB = '203.0.113.9 - - [23/Nov/2026:10:00:00 +0100] "GET {} HTTP/1.1" {} 12 "-" "curl"'

AUTH_SEEN = [
    (SYSLOG + "sshd[7]: Failed password for root" + FROM, "failure", "root", "203.0.113.9"),
    (SYSLOG + "sshd-session[7]: Failed keyboard-interactive/pam for ana" + FROM, "failure", "ana", "203.0.113.9"),
    (SYSLOG + "sshd[7]: Failed publickey for ana" + FROM + ": RSA SHA256:abc", None, "", ""),
    (SYSLOG + "sshd[7]: Failed none for invalid user x" + FROM, None, "", ""),
    (SYSLOG + "sshd[7]: Failed password for invalid user x from 1.1.1.1 port 1 ssh2" + FROM, "unknown account", "x from 1.1.1.1 port 1 ssh2", "203.0.113.9"),
    (SYSLOG + "sshd[7]: Failed password for invalid user " + FROM, "unknown account", "", "203.0.113.9"),
    (SYSLOG + "sshd[7]: Accepted publickey for ana from 2001:db8::1 port 4 ssh2: ED25519 SHA256:abc", "success", "ana", "2001:db8::/64"),
    (SYSLOG + "sshd[7]: Invalid user eve from 203.0.113.9 port 4", "unknown name", "eve", "203.0.113.9"),
    (SYSLOG + "app[7]: Failed password for root" + FROM, None, "", ""),
    (SYSLOG + "app[7]: sshd[7]: Failed password for root" + FROM, None, "", ""),
    (SYSLOG + "su[7]: pam_unix(su:auth): authentication failure; logname=bob uid=1 euid=0 tty=pts/0 ruser=bob rhost=  user=root", "failure", "root", ""),
    (SYSLOG + "sshd[7]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=1.2.3.4  user=root", None, "", ""),
    (SUDO + "user NOT in sudoers ; " + SHELL + "/bin/ls", "not in sudoers", "bob", ""),
    (SUDO + "3 incorrect password attempts ; user NOT in sudoers ; " + SHELL + "/bin/ls", "not in sudoers", "bob", ""),
    (SUDO + SHELL + "/bin/ls /var/log", None, "", ""),
    (SUDO + SHELL + "/usr/bin/systemctl stop auditd", "audit off", "bob", ""),
    (SUDO + "TTY=pts/0 ; PWD=/tmp/a ; b ; USER=root ; COMMAND=/usr/bin/systemctl stop auditd", "audit off", "bob", ""),
    (SUDO + "COMMAND=/usr/bin/systemctl stop auditd", "audit off", "bob", ""),
    (SUDO + "a= ; " * 200 + "xCOMMAND=1", None, "", ""),
    (SUDO + SHELL + "/usr/sbin/auditctl -e 0", "audit off", "bob", ""),
    (SUDO + SHELL + "/bin/sh -c '" + "true; " * 50 + "systemctl -q stop x auditd'", "audit off", "bob", ""),
    (SUDO + SHELL + "/bin/sh -c '" + "true; " * 50 + "rm /var/log/auth.log'", "log cleared", "bob", ""),
    (SUDO + SHELL + "systemctl stop " * 5000, None, "", ""),
    (SUDO + SHELL + "/usr/bin/truncate -s 0 /var/log/auth.log", "log cleared", "bob", ""),
    (SUDO + SHELL + "/usr/bin/journalctl --vacuum-time=1s", "log cleared", "bob", ""),
    (SYSLOG + "useradd[7]: new user: name=eve, UID=0, GID=0, home=/root, shell=/bin/sh", "privileged", "eve", ""),
    (SYSLOG + "useradd[7]: new user: name=eve, UID=1005, GID=1005, home=/home/eve", "account made", "eve", ""),
    (SYSLOG + "usermod[7]: add 'eve' to group 'sudo'", "privileged", "eve", ""),
    (SYSLOG + "usermod[7]: add 'eve' to group 'users'", None, "", ""),
    (SYSLOG + "gpasswd[7]: user eve added by root to group wheel", "privileged", "eve", ""),
    ("type=CONFIG_CHANGE msg=audit(1.0:1): op=set audit_enabled=0 old=1", "audit off", "", ""),
]  # fmt: skip
OTHERS_SEEN = [
    ("postgresql", PG + 'FATAL:  password authentication failed for user "bob"', "failure", "bob", ""),
    ("postgresql", PG + 'bob@shop 10.0.0.4(5432) FATAL:  password authentication failed for user "bob"', "failure", "bob", "10.0.0.4"),
    ("postgresql", PG + 'FATAL:  no pg_hba.conf entry for host "10.0.0.4", user "bob", database "x"', "failure", "bob", "10.0.0.4"),
    ("postgresql", PG + 'FATAL:  role "eve" does not exist', "unknown account", "eve", ""),
    ("postgresql", PG + "LOG:  connection authorized: user=ana database=shop", "success", "ana", ""),
    ("postgresql", PG + "LOG:  statement: ALTER ROLE eve WITH SUPERUSER;", "privileged", "eve", ""),
    ("postgresql", PG + "LOG:  statement: alter role eve nosuperuser;", None, "", ""),
    ("postgresql", PG + 'LOG:  parameter "log_connections" changed to "off"', "audit off", "", ""),
    ("postgresql", PG + "STATEMENT:  select 'x FATAL:  password authentication failed for user \"bob\"'", None, "", ""),
    ("postgresql", PG + "ada@shop LOG:  statement: -- LOG:  statement: alter role eve superuser", None, "", ""),
    ("postgresql", PG + "ada@shop ERROR:  x LOG:  connection authorized: user=ana database=shop", None, "", ""),
    ("postgresql", PG + 'ada@shop ERROR:  x LOG:  parameter "log_statement" changed to "off"', None, "", ""),
    ("postgresql", PG + 'ada@shop LOG:  statement: -- FATAL:  password authentication failed for user "bob"', None, "", ""),
    ("postgresql", PG + 'bob@LOG:  10.9.9.9 FATAL:  password authentication failed for user "bob"', "failure", "bob", ""),
    ("postgresql", CSV % ("LOG,00000", 'statement: -- FATAL:  password authentication failed for user ""bob""'), None, "", ""),
    ("postgresql", JSON % ("LOG", "00000", r'statement: -- FATAL:  password authentication failed for user \"bob\"'), None, "", ""),
    ("postgresql", '\tFATAL:  password authentication failed for user "fake"', None, "", ""),
    ("postgresql", CSV % ("FATAL,28P01", 'password authentication failed for user ""boss""'), "failure", "boss", "10.0.0.4"),
    ("postgresql", CSV % ("FATAL,28P01", "Passwort-Authentifizierung für Benutzer »boss« fehlgeschlagen"), "failure", "boss", "10.0.0.4"),
    ("postgresql", CSV % ("LOG,00000", "connection authorized: user=boss database=shop"), "success", "boss", "10.0.0.4"),
    ("postgresql", CSV % ("ERROR,42501", "must be owner of table t"), "denied", "boss", "10.0.0.4"),
    ("postgresql", CSV % ("LOG,00000", 'statement: alter role ""eve"" superuser'), "privileged", "eve", "10.0.0.4"),
    ("postgresql", CSV % ("LOG,00000", 'parameter ""log_statement"" changed to ""none""'), "audit off", "", ""),
    ("postgresql", CSV % ("LOG,00000", "statement: select 1; -- FATAL,28P01,"), None, "", ""),
    ("postgresql", JSON % ("FATAL", "28P01", r'password authentication failed for user \"a \"b\"'), "failure", 'a "b', "::1"),
    ("postgresql", JSON % ("FATAL", "28P01", "la autenticación falló"), "failure", 'a "b', "::1"),
    ("postgresql", JSON % ("LOG", "00000", r"statement: create role x\nsuperuser"), "privileged", "x", "::1"),
    ("postgresql", JSON % ("LOG", "00000", r'parameter \"pgaudit.log\" changed to \"none\"'), "audit off", "", ""),
    ("postgresql", JSON % ("ERROR", "42501", "permission denied for table t"), "denied", 'a "b', "::1"),
    ("web", WEB.format("/admin", 401), "failure", "", "203.0.113.9"),
    ("web", WEB.format("/x", 404), "not found", "", "203.0.113.9"),
    ("web", WEB.format("/.env", 404), "web probe", "", "203.0.113.9"),
    ("web", WEB.format("/.env", 200), "web secret", "", "203.0.113.9"),
    ("web", WEB.format("/a/.." * 60 + "/.env", 200), "web secret", "", "203.0.113.9"),
    ("web", WEB.format("/a/../../etc/passwd", 400), "web probe", "", "203.0.113.9"),
    ("web", WEB.format("/shop", 200), None, "", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "line", "seen", "account", "address"),
    [*(("auth", *each) for each in AUTH_SEEN), *OTHERS_SEEN],
)
def test_a_line_says(kind: str, line: str, seen: str | None, account: str, address: str) -> None:
    source = LogSource("log", "log", kind, "/x")  # type: ignore[arg-type]
    found = list(Scanner(source).scan(f"noise\n{line}\r\nnoise\n".encode(), NOW, is_live=False))
    if seen is None:
        assert found == []
        return
    first = found[0]
    assert (first.kind, first.fields.get("account", ""), first.fields.get("address", "")) == (
        seen,
        account,
        address,
    )
    assert first.line == line.encode()


@pytest.mark.parametrize(
    ("text", "zone", "said"),
    [
        ("Nov 23 09:00:07 shop-1 x", "UTC", "2026-11-23T09:00:07+00:00"),
        ("Nov 23 09:00:07 shop-1 x", "Europe/Berlin", "2026-11-23T08:00:07+00:00"),
        ("Nov  3 09:00:07 shop-1 x", "UTC", "2026-11-03T09:00:07+00:00"),
        ("Dec 31 09:00:07 shop-1 x", "UTC", "2025-12-31T09:00:07+00:00"),
        ("Feb 29 09:00:07 shop-1 x", "UTC", None),
        ("Nov 24 09:00:07 shop-1 x", "UTC", "2026-11-24T09:00:07+00:00"),
        ("2026-11-23T09:00:07.25+01:00 shop-1", "UTC", "2026-11-23T08:00:07.250000+00:00"),
        ("2026-11-23T09:00:07Z shop-1", "Europe/Berlin", "2026-11-23T09:00:07+00:00"),
        ("2026-11-23 09:00:07.001 CET [7]", "Europe/Berlin", "2026-11-23T08:00:07.001000+00:00"),
        ('1.1.1.1 - - [23/Nov/2026:10:00:00 +0100] "GET', "UTC", "2026-11-23T09:00:00+00:00"),
        ("2026-99-23T09:00:07 shop-1", "UTC", None),
        ("9999-12-31 23:59:59-12", "UTC", None),
        ("9999-12-31 23:59:99Z", "UTC", None),
        ("0001-01-01 00:00:00+12", "UTC", None),
        (JSON % ("LOG", "00000", "x"), "Europe/Berlin", "2026-11-23T09:00:00.690000+00:00"),
        ("no stamp at all", "UTC", None),
        ("", "UTC", None),
    ],
)
def test_a_stamp_is_read(text: str, zone: str, said: str | None) -> None:
    at = Stamps(zone).read(text.encode(), 0, len(text), NOW)
    assert (None if at is None else from_micros(at).isoformat()) == said


@given(st.binary(max_size=400))
def test_whatever_bytes_come_nothing_is_raised(data: bytes) -> None:
    for kind in ("auth", "postgresql", "web"):
        source = LogSource("log", "log", kind, "/x")
        found = [Judge(source).judge(data, NOW, is_live=True)]
        found += [Judge(source).judge(line.encode() + data, NOW, is_live=False) for line, *_ in AUTH_SEEN[:3]]
        assert all(each.used <= data.count(b"\n") + 1 for each in found)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (b'{"MESSAGE": "half a pair \\ud83d"}', b"half a pair ?"),
        (b"[" * 60_000, b"[" * 60_000),
        (b'{"MESSAGE": [1, "x"]}', b"-[0]: "),
    ],
)
def test_whatever_a_line_of_the_journal_holds_it_is_read(said: bytes, read: bytes) -> None:
    found = cut_records(b'{"MESSAGE": "one"}\n' + said + b"\n", in_long=False)
    assert found.lines.splitlines()[1].endswith(read)


FIVE = Rule("five", Severity.LOW, "five", ("failure",), ("address",), 5, 600.0)


def seen(address: str, at: int) -> Sighting:
    return Sighting("failure", at, at, {"address": address}, 1, b"")


SPANS = st.lists(st.integers(0, 400), max_size=40)


@given(SPANS)
def test_a_count_is_reached_just_where_so_many_fall_into_its_span(gaps: list[int]) -> None:
    windows, at = Windows(), 0
    times: list[int] = []
    for gap in gaps:
        at += gap
        times = [each for each in times if each >= at - 600] + [at]
        found = next((each.reached for each in windows.of(FIVE).count([seen("x", at * 1_000_000)])), None)
        assert (found is not None) is (len(times) >= 5)
        if found is not None:
            assert (found.times, found.first) == (len(times), times[0] * 1_000_000)
            times = []
        windows = Windows.load(windows.dump({"five": FIVE}))


def test_what_is_said_to_be_repeated_counts_so_often() -> None:
    line = SYSLOG + "sshd[7]: message repeated 4 times: [ Failed password for root" + FROM + "]\n"
    judge = Judge(LogSource("auth", "auth", "auth", "/x"))
    found = {each.rule: each.times for each in judge.judge(line.encode(), NOW, is_live=False).raised}
    assert found == {"refused-sign-in": 4}
    found = {each.rule: each.times for each in judge.judge(line.encode(), NOW, is_live=False).raised}
    assert found["failures-of-address"] == 8


def test_the_same_account_from_three_addresses_is_grave_and_from_two_is_not() -> None:
    judge = Judge(LogSource("auth", "auth", "auth", "/x"))
    line = SYSLOG + "sshd[7]: Failed password for ana from 10.0.0.{} port 4 ssh2\n"
    two = "".join(line.format(n) for n in (1, 2, 1, 2))
    assert "account-of-many" not in {
        each.rule for each in judge.judge(two.encode(), NOW, is_live=False).raised
    }
    found = judge.judge(line.format(3).encode(), NOW, is_live=False).raised
    assert ("account-of-many", "ana") in {(each.rule, each.about) for each in found}


def test_attempts_at_known_and_unknown_accounts_count_together_and_each_once() -> None:
    judge = Judge(LogSource("auth", "auth", "auth", "/x"))
    named = SYSLOG + "sshd[7]: Invalid user eve from 203.0.113.9 port 40000\n"
    unknown = SYSLOG + "sshd[7]: Failed password for invalid user eve" + FROM + "\n"
    known = SYSLOG + "sshd[7]: Failed password for ana" + FROM + "\n"
    found = judge.judge((2 * (named + unknown) + 2 * known).encode(), NOW, is_live=False).raised
    assert {each.rule: each.times for each in found} == {"refused-sign-in": 4}
    found = judge.judge(known.encode(), NOW, is_live=False).raised
    assert {each.rule: each.times for each in found} == {"refused-sign-in": 1, "failures-of-address": 5}


def test_so_many_subjects_are_counted_and_the_oldest_gives_way() -> None:
    windows = Windows()
    many = [*range(MOST_KEYS), 0, *range(MOST_KEYS, MOST_KEYS + 10)]
    assert not list(windows.of(FIVE).count([seen(str(n), at) for at, n in enumerate(many)]))
    kept = [key for _, key, _ in windows.dump({"five": FIVE})]
    assert len(kept) == MOST_KEYS
    assert set(map(str, range(1, 11))).isdisjoint(kept)
    assert "0" in kept


def test_a_live_line_counts_when_it_came_and_an_old_one_when_it_was_written() -> None:
    scanner = Scanner(LogSource("auth", "auth", "auth", "/x"))
    line = AUTH_SEEN[0][0].encode() + b"\n"
    (live,) = scanner.scan(line, NOW, is_live=True)
    (old,) = scanner.scan(line, NOW, is_live=False)
    written = to_micros(NOW - timedelta(minutes=30))
    assert (live.at, live.written, old.at) == (to_micros(NOW), written, written)


def test_rules_have_names_of_their_own_and_info_is_only_counted() -> None:
    assert len({rule.id for rule in ALL}) == len(ALL)
    assert [rule.id for rule in BUILT_IN if rule.level is Severity.INFO] == [
        "refused-sign-in",
        "account-made",
    ]


@given(st.integers(1, 10**9), st.integers(0, 10**9))
def test_it_is_told_again_where_a_count_has_one_more_digit(told: int, more: int) -> None:
    assert grew(told, told + more) is (len(str(told + more)) > len(str(told)))


@given(
    st.lists(st.text(max_size=3), max_size=12, unique=True),
    st.lists(st.text(max_size=3), max_size=12, unique=True),
)
def test_the_first_and_the_last_lines_are_kept(before: list[str], more: list[str]) -> None:
    held = kept_samples((), tuple(before))
    kept = kept_samples(held, tuple(more))
    assert len(kept) <= 8
    assert kept[: min(4, len(held))] == held[:4]


def test_a_pattern_that_would_take_for_ever_takes_a_moment() -> None:
    patterns = (
        LogPattern("slow", r"^(\w+\s?)+$"),
        LogPattern("who", r"(?i)OPENED by (?P<who>\w+)", by="who"),
    )
    judge = Judge(LogSource("app", "app", "generic", "/x", patterns=patterns))
    data = b"word " * 200 + b"!\n" + b"a vault opened by eve!\n"
    (raised,) = judge.judge(data, NOW, is_live=False).raised
    assert (raised.rule, raised.about) == ("who", "eve")


def test_a_pattern_that_cannot_be_used_any_more_is_left_out_and_said() -> None:
    patterns = (LogPattern("back", r"(a)\1"), LogPattern("good", "vault"))
    judge = Judge(LogSource("app", "app", "generic", "/x", patterns=patterns))
    assert judge.left_out.startswith("the pattern back is left out: it is not a regular expression")
    assert [each.rule for each in judge.judge(b"a vault\n", NOW, is_live=False).raised] == ["good"]


def test_a_record_of_the_journal_is_one_line_whatever_its_fields_hold() -> None:
    forged = "1]: x\\nNov 23 08:00:00 h sshd[2]: Failed password for root from 192.0.2.9 port 1"
    for name in ("SYSLOG_PID", "SYSLOG_IDENTIFIER", "_HOSTNAME", "MESSAGE"):
        said = f'{{"MESSAGE": "m", "{name}": "{forged}"}}\n'.encode()
        assert cut_records(said, in_long=False).lines.count(b"\n") == 1, name
