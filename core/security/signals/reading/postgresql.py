"""The log of a PostgreSQL server, as text with whatever prefix, as csvlog or as jsonlog; written in English.

In text an address is found where the prefix holds one (%h, %r); the other two always say who it was and from where, and a code
that tells a wrong password and a want of rights in any language, and hold a statement of several lines in one record. In text what
goes on in further lines, which begin with a tab, is not read.

What a statement or a name holds may look like a record of its own. A level that stands behind another one is part of what
somebody wrote. One case is left open on purpose: the name of a database that holds a level would else hide refusals of
whoever names it so while signing in. It counts where the account stands before it and the line ends with the message. A
prefix with %a is whatever its client says.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.security.signals.reading.looks import Look, Seen, look

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.security.signals.reading.looks import Refine

_ADDRESS = re.compile(
    r"(?<![\w.:])((?:\d{1,3}\.){3}\d{1,3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7})(?![\w.])"
)
_CLOCK = re.compile(r"\d{1,2}:\d{2}:\d{2}")
_QUOTED = r'"(?:[^"]|"")*+"'
_STRING = r'"(?:[^"\\]|\\.)*+"'
_Q = r'(?:\\"|""?)'
"""A quotation mark in a message, as each of the three writes it."""
_OTHERWISE = rf'\{{"timestamp":"|\d{{4}}-[^,"]{{1,60}},(?:{_QUOTED})?,(?:{_QUOTED})?,\d+,(?:{_QUOTED})?,[0-9a-f]+\.[0-9a-f]+,\d+,'
"""What no line of text begins with: jsonlog, and csvlog."""
_LEVEL = re.compile(
    r"\b(?:DEBUG[1-5]?|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC|DETAIL|HINT|QUERY|CONTEXT|LOCATION|STATEMENT|BACKTRACE):  "
)
_SIGN_IN = ("failure", "unknown account")


def _head(level: str, code: str = r"\w*") -> str:
    """Returns what stands before a message of a level: a prefix, the columns of csvlog, or the fields of jsonlog, in their order."""
    return rf"(?:(?!\t|{_OTHERWISE})(?P<prefix>.{{0,300}}?){level}:\s+|{_columns(level, code)}|{_fields(level, code)})"


def _columns(level: str, code: str) -> str:
    return (
        rf"\d{{4}}-[^,]*,(?:(?P<csv_user>{_QUOTED}))?,(?:{_QUOTED})?,\d+,(?:(?P<csv_from>{_QUOTED}))?,[\w.]*,\d*,(?:{_QUOTED})?,"
        rf'[^,]*,[^,]*,\d*,{level},{code},"'
    )


def _fields(level: str, code: str) -> str:
    return (
        rf'\{{"timestamp":{_STRING}(?:,"user":(?P<json_user>{_STRING}))?(?:,"dbname":{_STRING})?,"pid":\d+'
        rf'(?:,"remote_host":(?P<json_from>{_STRING}))?(?:,"(?!error_severity)\w+":(?:{_STRING}|\d+))*+'
        rf',"error_severity":"{level}"(?:,"state_code":"{code}")?,"message":"'
    )


_FATAL, _LOG, _ERROR = _head("FATAL"), _head("LOG"), _head("ERROR")
_STATEMENT = _LOG + r"(?:duration: \S+ ms  )?(?:statement|execute [^:]*): "
_ROLE = r"""(?:alter|create)\s+(?:role|user)\s+(?:\\"|""?)?(?P<account>[\w.-]+)"""


def _coded(level: str, code: str) -> str:
    """Returns what a message begins with that csvlog and jsonlog give a code, in whatever language it goes on."""
    return f"(?:{_columns(level, code)}|{_fields(level, code)})"


def _seen(kind: str, *, by_session: bool = True) -> Refine:
    """Returns what makes a sighting of a line: `by_session` it is about whose session it was, where columns or fields say that."""

    def refine(groups: Mapping[str, str]) -> Seen | None:
        account, prefix = groups.get("account") or "", groups.get("prefix", "")
        written = _LEVEL.search(prefix)
        if written:
            prefix = prefix[: written.start()]
            if kind not in _SIGN_IN or not _is_named(account, prefix) or groups.get("end") is None:
                return None
        by = (_user(groups) if by_session else "") or account
        return Seen(kind, {"account": by, "address": _address(groups, prefix)})

    return refine


def _switched_off(groups: Mapping[str, str]) -> Seen | None:
    return None if _LEVEL.search(groups.get("prefix", "")) else Seen("audit off", {})


def _is_named(account: str, prefix: str) -> bool:
    return bool(account) and re.search(rf"(?<!\w){re.escape(account)}(?!\w)", prefix) is not None


def _user(groups: Mapping[str, str]) -> str:
    if "csv_user" in groups:
        return groups["csv_user"][1:-1].replace('""', '"')
    return re.sub(r"\\(.)", r"\1", groups.get("json_user", '""')[1:-1])


def _address(groups: Mapping[str, str], prefix: str) -> str:
    if "csv_from" in groups:
        return address_in(groups["csv_from"][1:-1].rpartition(":")[0])
    return groups.get("address") or address_in(prefix) or address_in(groups.get("json_from", ""))


def address_in(prefix: str) -> str:
    """Returns the address that the prefix of a line holds; empty where it holds none."""
    found = _ADDRESS.search(_CLOCK.sub("", prefix))
    return found[1] if found else ""


LOOKS: tuple[Look, ...] = (
    look("authentication failed for user", _FATAL + rf"""[\w-]+(?: \w+)? authentication failed for user {_Q}(?P<account>[^"\\]*)(?P<end>{_Q}\s*$)?""", "failure", _seen("failure")),
    look(",FATAL,28P01,", _coded("FATAL", "28P01"), "failure", _seen("failure")),
    look('"state_code":"28P01"', _coded("FATAL", "28P01"), "failure", _seen("failure")),
    look("no pg_hba.conf entry for", _FATAL + rf"""no pg_hba\.conf entry for (?:replication connection from )?host {_Q}(?P<address>[^"\\]+){_Q}, user {_Q}(?P<account>[^"\\]+)""", "failure", _seen("failure")),
    look("does not exist", _FATAL + rf"""role {_Q}(?P<account>[^"\\]+){_Q} does not exist(?P<end>\s*$)?""", "unknown account", _seen("unknown account")),
    look("connection authorized: ", _LOG + r"connection authorized: user=(?P<account>\S+)", "success", _seen("success")),
    look("permission denied for", _ERROR + r"permission denied for", "denied", _seen("denied")),
    look(",ERROR,42501,", _coded("ERROR", "42501"), "denied", _seen("denied")),
    look('"state_code":"42501"', _coded("ERROR", "42501"), "denied", _seen("denied")),
    look("SUPERUSER", "(?i)" + _STATEMENT + _ROLE + r".*(?<!no)superuser", "privileged", _seen("privileged", by_session=False)),
    look("superuser", "(?i)" + _STATEMENT + _ROLE + r".*(?<!no)superuser", "privileged", _seen("privileged", by_session=False)),
    look("changed to ", _LOG + rf"""parameter {_Q}(?:log_connections|log_statement|logging_collector|pgaudit\.log){_Q} changed to {_Q}(?:off|none){_Q}""", "audit off", _switched_off),
)  # fmt: skip
