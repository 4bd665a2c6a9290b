"""The access log of a web server, in the common or combined format."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.security.signals.reading.looks import Look, Seen, look

if TYPE_CHECKING:
    from collections.abc import Mapping

_LINE = r"""(?P<address>[0-9A-Za-z.:%_-]+) \S+ (?P<account>\S+|"[^"]*") \[[^\]]+\] "(?P<asked>(?:[^"\\]|\\.)*)" (?P<status>\d{3}) """
_HOLES = (
    "../", "..%2f", "..%2F", "/etc/passwd", "/.env", "/.git/", "/.aws/", "/wp-login.php", "/xmlrpc.php", "/phpmyadmin",
    "union+select", "UNION+SELECT", "union%20select", "UNION%20SELECT", "<script", "%3Cscript", "${jndi:", "/cgi-bin/", "/vendor/phpunit", "/actuator/",
)  # fmt: skip
_SECRET = re.compile(r"/\.env\b|/\.git/config|/\.aws/credentials|/etc/passwd|\.(?:sql|bak|key|pem)(?:\s|\?)")


def _by_status(groups: Mapping[str, str]) -> Seen | None:
    account = "" if groups["account"] == "-" else groups["account"]
    kind = {"401": "failure", "403": "denied", "404": "not found"}.get(groups["status"])
    return Seen(kind, {"address": groups["address"], "account": account}) if kind else None


def _probed(groups: Mapping[str, str]) -> Seen:
    is_secret = groups["status"] in {"200", "206"} and _SECRET.search(groups["asked"] + " ")
    return Seen("web secret" if is_secret else "web probe", {"address": groups["address"]})


LOOKS: tuple[Look, ...] = (
    *(look(hole, _LINE, "web probe", _probed) for hole in _HOLES),
    *(look(f'" {status} ', _LINE, "failure", _by_status) for status in (401, 403, 404)),
)
