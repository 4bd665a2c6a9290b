"""What a report says, whoever wrote it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from core.printable import printable
from core.security.findings.model import NOTHING_KNOWN, Exploited, Justification, Severity
from core.security.foreign import Refusal, number, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

VULNERABILITY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+-]{1,119}")
PACKAGE = re.compile(r"[A-Za-z0-9@._/~][A-Za-z0-9@._/~:+ \[\]%#-]{0,299}")
_CVE = re.compile(r"CVE-\d{4}-\d{4,}", re.IGNORECASE)
_ONLY_THE_NAME = frozenset({"deb", "rpm", "apk", "alpm", "pypi", "gem", "cargo", "nuget", "bitnami"})
"""Package types whose namespace says who distributes a package and is no part of its name."""


class Verdict(StrEnum):
    """What a report, or a statement about one, says beside that a vulnerability is there."""

    AFFECTED = "affected"
    NOT_AFFECTED = "not_affected"
    FIXED = "fixed"
    LOOKING = "under_investigation"


@dataclass(frozen=True, slots=True)
class Reported:
    """One line of a report: a vulnerability in a package of something. `place` says where in the file it stands.

    `names` are what the line itself says it is in (a host, an image, a package address), beside the report's own.
    `fixed_in` empty: no version without it is known. `score` ranks several vulnerabilities of one line.
    """

    vulnerability: str
    package: str
    place: str
    package_version: str = ""
    fixed_in: str = ""
    path: str = ""
    severity: Severity = Severity.UNKNOWN
    title: str = ""
    aliases: tuple[str, ...] = ()
    url: str = ""
    exploited: Exploited = NOTHING_KNOWN
    listed_on: date | None = None  # since when it is on the list of those that are exploited
    names: tuple[str, ...] = ()
    verdict: Verdict = Verdict.AFFECTED
    justification: str = ""
    said: str = ""  # the sentence that goes with a verdict


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report. `names` are what it was made over; `source` is the tool; `scanned_at` when, where it says so.

    `is_scan`: it lists all that is there, so that what it does not list is gone. Statements list only what they speak of.
    `was_looked`: the tool says what it looked at, or found something; else nothing in it may mean that it saw nothing.
    `passed_over` are the packages that it says it did not look at, each with a refusal of its own.
    `is_of_all`: it speaks of vulnerabilities, wherever they are, and of all that it does not list, too.
    """

    kind: str
    source: str
    names: tuple[str, ...]
    lines: tuple[Reported, ...]
    refusals: tuple[Refusal, ...] = ()
    scanned_at: datetime | None = None
    is_scan: bool = True
    was_looked: bool = True
    passed_over: frozenset[str] = frozenset()
    is_of_all: bool = False

    @property
    def read(self) -> int:
        """Returns how many lines the file has: those that can be used, and those that cannot."""
        return len(self.lines) + len(self.refusals)


@dataclass(slots=True)
class Collector:
    """Takes lines in one by one, and keeps why others cannot be used."""

    lines: list[Reported] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    def add(self, line: Reported) -> None:
        """Takes a line in; one whose vulnerability or package is no name is refused."""
        if not line.vulnerability:
            self.refuse(line.place, "names no vulnerability")
        elif not VULNERABILITY.fullmatch(line.vulnerability):
            self.refuse(line.place, f"{printable(line.vulnerability, 60)!r} is no name of a vulnerability")
        elif not PACKAGE.fullmatch(line.package):
            why = (
                f"{printable(line.package, 60)!r} is no name of a package"
                if line.package
                else "names no package"
            )
            self.refuse(line.place, why)
        else:
            self.lines.append(line)

    def refuse(self, place: str, why: str) -> None:
        """Keeps why a line cannot be used."""
        self.refusals.append(Refusal(place, why))


# What is taken from foreign documents: nothing is trusted to be of the kind it should be.


def items(value: Any) -> Sequence[Any]:
    """Returns a list's items; none of anything else."""
    return value if isinstance(value, list) else ()


def fields(value: Any) -> dict[str, Any]:
    """Returns an object's fields; none of anything else."""
    return value if isinstance(value, dict) else {}


def probability(value: Any) -> float | None:
    """Returns a number from 0 to 1; None of anything else."""
    found = number(value)
    return found if found is not None and 0 <= found <= 1 else None


def severity(word: Any) -> Severity:
    """Returns the severity that a word of any of the tools means; unknown of one that means none."""
    return _SEVERITIES.get(text(word, 20).lower(), Severity.UNKNOWN)


def of_score(score: Any) -> Severity:
    """Returns the severity of a CVSS base score; unknown of anything that is none."""
    found = number(score)
    return Severity.of_score(found) if found is not None and 0 <= found <= 10 else Severity.UNKNOWN


def justification(word: Any) -> str:
    """Returns one of the words of Justification; empty of any other."""
    found = text(word, 80)
    return found if found in set(Justification) else ""


_SEVERITIES = {
    "critical": Severity.CRITICAL, "high": Severity.HIGH, "important": Severity.HIGH, "medium": Severity.MEDIUM,
    "moderate": Severity.MEDIUM, "low": Severity.LOW, "negligible": Severity.INFO, "info": Severity.INFO,
    "informational": Severity.INFO, "none": Severity.INFO,
}  # fmt: skip


# Names


def known_as(id_: str, aliases: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """Returns the name a vulnerability goes by here, and its others: its CVE where it has one, so that tools agree.

    With several CVEs under one name that name stays.
    """
    names = list(dict.fromkeys(each for each in (id_, *aliases) if each))
    cves = sorted({each.upper() for each in names if _CVE.fullmatch(each)})
    own = id_.upper() if _CVE.fullmatch(id_) else cves[0] if len(cves) == 1 else id_
    return own, tuple(sorted({each for each in names if each.upper() != own.upper()}))


def package_name(name: str, purl: str = "", ecosystem: str = "") -> str:
    """Returns the name by which a package is known here, whichever tool names it and however.

    Of a package address its namespace and name, or its name alone where the namespace only says who distributes it.
    """
    kind, found = _of_purl(purl)
    kind = kind or ecosystem.split(":", 1)[0].lower()
    found = found or name.strip()
    if kind == "maven":
        found = found.replace(":", "/")
    if kind == "pypi":
        found = re.sub(r"[-_.]+", "-", found).lower()
    return printable(found, 300)


def bare_purl(purl: str) -> str:
    """Returns a package address without version and qualifiers; empty of what is none."""
    kind, _, rest = purl.strip().removeprefix("pkg:").partition("/")
    if not purl.startswith("pkg:") or not rest:
        return ""
    rest = re.split(r"[?#]", rest, maxsplit=1)[0].strip("/")
    head, sign, last = rest.rpartition("/")
    last = last.split("@", 1)[0] if not last.startswith("@") else last
    return f"pkg:{kind.lower()}/{head}{sign}{last}"


def _of_purl(purl: str) -> tuple[str, str]:
    bare = bare_purl(purl)
    if not bare:
        return "", ""
    kind, _, path = bare.removeprefix("pkg:").partition("/")
    path = unquote(path)
    return kind, path.rpartition("/")[2] if kind in _ONLY_THE_NAME else path
