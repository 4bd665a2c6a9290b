"""Logs of signing in: sshd, sudo, PAM, the tools that make accounts, and the audit daemon, as syslog and journald write them.

What an attacker writes (a user's name, a command) stands behind what the program writes: an expression begins at the
line's head, and takes the address from its end. No part of it is repeated that may itself be read in several ways: whoever
may write a line could have it take for ever.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.security.signals.reading.looks import Look, Seen, look

if TYPE_CHECKING:
    from collections.abc import Mapping

HEAD = r"(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8}|\d{4}-\S+) \S+ "
"""Stamp and host, before the program's name."""
_SSHD = HEAD + r"sshd(?:-session)?\[\d+\]: "
_REPEATED = r"(?:message repeated (?P<times>\d{1,6}) times: \[ ?)?"
_FROM = r" from (?P<address>[0-9A-Za-z.:%_-]+) port \d+"
_SUDO = HEAD + r"sudo(?:\[\d+\])?: +(?P<account>\S+) : "
_PRIVILEGED = frozenset({"sudo", "wheel", "admin", "adm", "root", "docker", "lxd", "shadow", "disk"})
_AUDIT_OFF = re.compile(
    r"auditctl\s+(?:-\S+\s+)*(?:-e\s*0|-D)\b|(?>(?:systemctl|service)\s.*?\b(?:stop|disable|mask|kill)\b).*?\b(?:auditd|rsyslog|systemd-journald)"
    r"|service\s+(?:auditd|rsyslog)\s+stop"
)
_CLEARED = re.compile(
    r"\b(?:rm|shred|truncate|unlink|tee|dd|cp\s+/dev/null)\b.*\s(?:of=)?/var/log/|>\s*/var/log/"
    r"|journalctl\s.*--(?:vacuum|rotate)|\blogrotate\s.*(?:-f|--force)"
)


def _times(groups: Mapping[str, str]) -> int:
    times = groups.get("times")
    return max(int(times), 1) if times else 1


def _failed(groups: Mapping[str, str]) -> Seen | None:
    if groups["how"] in {"none", "publickey"}:  # what a client tries before it asks for a password
        return None
    kind = "unknown account" if groups.get("invalid") else "failure"
    return Seen(kind, {"account": groups["account"], "address": groups["address"]}, _times(groups))


def _of_pam(groups: Mapping[str, str]) -> Seen | None:
    if groups["program"].startswith("sshd"):  # says so itself, line by line
        return None
    fields = {
        "account": groups.get("account") or groups.get("ruser") or "",
        "address": groups.get("address") or "",
    }
    return Seen("failure", fields, _times(groups))


def _by_sudo(groups: Mapping[str, str]) -> Seen | None:
    command = groups["command"]
    if _AUDIT_OFF.search(command):
        return Seen("audit off", {"account": groups["account"]})
    if _CLEARED.search(command):
        return Seen("log cleared", {"account": groups["account"]})
    return None


def _made(groups: Mapping[str, str]) -> Seen | None:
    kind = "privileged" if groups["uid"] == "0" else "account made"
    return Seen(kind, {"account": groups["account"]})


def _added(groups: Mapping[str, str]) -> Seen | None:
    return Seen("privileged", {"account": groups["account"]}) if groups["group"] in _PRIVILEGED else None


LOOKS: tuple[Look, ...] = (
    look(
        "Failed ",
        _SSHD + _REPEATED + r"Failed (?P<how>\S+) for (?P<invalid>invalid user )?(?P<account>.*)" + _FROM + r"(?: ssh\d?)?\]?\s*$",
        "failure", _failed,
    ),
    look("Accepted ", _SSHD + r"Accepted (?P<how>\S+) for (?P<account>.*)" + _FROM + r"(?: ssh\d?)?(?:: .*)?$", "success"),
    look("Invalid user ", _SSHD + r"Invalid user (?P<account>.*)" + _FROM + r"\s*$", "unknown name"),
    look(
        "authentication failure; ",
        HEAD + r"(?P<program>[^\s:\[]+)(?:\[\d+\])?: (?:pam_\w+\([\w.:-]+\): )?authentication failure; .*?ruser=(?P<ruser>\S{0,300}) rhost=(?P<address>\S*)(?:\s+user=(?P<account>\S+))?",
        "failure", _of_pam,
    ),
    look(
        "more authentication failure",
        HEAD + r"(?P<program>[^\s:\[]+)(?:\[\d+\])?: PAM (?P<times>\d{1,6}) more authentication failures?; .*?rhost=(?P<address>\S*)(?:\s+user=(?P<account>\S+))?",
        "failure", _of_pam,
    ),
    look("user NOT in sudoers", _SUDO + r"(?:\d+ incorrect password attempts? ; )?user NOT in sudoers ;", "not in sudoers"),
    look("user NOT authorized on host", _SUDO + r"user NOT authorized on host ;", "not in sudoers"),
    look("command not allowed", _SUDO + r"command not allowed ;", "not in sudoers"),
    look("COMMAND=", _SUDO + r"(?:.*? ; )??COMMAND=(?P<command>.*)$", "audit off", _by_sudo),
    look("audit_enabled=0", r".*\baudit_enabled=0\b", "audit off"),
    look("audit daemon is exiting", HEAD + r"auditd\[\d+\]: The audit daemon is exiting", "audit off"),
    look("new user: ", HEAD + r"useradd\[\d+\]: new user: name=(?P<account>[^,]+), UID=(?P<uid>\d+)", "account made", _made),
    look("to group '", HEAD + r"usermod\[\d+\]: add '(?P<account>[^']+)' to group '(?P<group>[^']+)'", "privileged", _added),
    look("to group ", HEAD + r"gpasswd\[\d+\]: user (?P<account>\S+) added by \S+ to group (?P<group>\S+)", "privileged", _added),
)  # fmt: skip
