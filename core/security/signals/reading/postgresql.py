"""The log of a PostgreSQL server, in English, with whatever prefix; an address is found where the prefix holds one (%h, %r)."""

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
_FATAL = r"(?P<prefix>.{0,300}?)FATAL:\s+"
_LOG = r"(?P<prefix>.{0,300}?)LOG:\s+"
_STATEMENT = _LOG + r"(?:duration: \S+ ms  )?(?:statement|execute [^:]*): "
_ROLE = r"""(?:alter|create)\s+(?:role|user)\s+"?(?P<account>[\w.-]+)"?"""


def _seen(kind: str) -> Refine:
    def refine(groups: Mapping[str, str]) -> Seen:
        fields = {
            "account": groups.get("account") or "",
            "address": groups.get("address") or address_in(groups["prefix"]),
        }
        return Seen(kind, fields)

    return refine


def address_in(prefix: str) -> str:
    """Returns the address that the prefix of a line holds; empty where it holds none."""
    found = _ADDRESS.search(_CLOCK.sub("", prefix))
    return found[1] if found else ""


LOOKS: tuple[Look, ...] = (
    look("authentication failed for user", _FATAL + r"""[\w-]+(?: \w+)? authentication failed for user "(?P<account>[^"]*)\"""", "failure", _seen("failure")),
    look("no pg_hba.conf entry for", _FATAL + r"""no pg_hba\.conf entry for (?:replication connection from )?host "(?P<address>[^"]+)", user "(?P<account>[^"]+)\"""", "failure", _seen("failure")),
    look("does not exist", _FATAL + r"""role "(?P<account>[^"]+)" does not exist""", "unknown account", _seen("unknown account")),
    look("connection authorized: ", _LOG + r"connection authorized: user=(?P<account>\S+)", "success", _seen("success")),
    look("permission denied for", r"(?P<prefix>.{0,300}?)ERROR:\s+permission denied for", "denied", _seen("denied")),
    look("SUPERUSER", "(?i)" + _STATEMENT + _ROLE + r".*(?<!no)superuser", "privileged", _seen("privileged")),
    look("superuser", "(?i)" + _STATEMENT + _ROLE + r".*(?<!no)superuser", "privileged", _seen("privileged")),
    look('changed to "off"', _LOG + r"""parameter "(?:log_connections|log_statement|logging_collector|pgaudit\.log)" changed to "off\"""", "audit off"),
    look('changed to "none"', _LOG + r"""parameter "(?:log_statement|pgaudit\.log)" changed to "none\"""", "audit off"),
)  # fmt: skip
