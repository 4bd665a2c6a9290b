"""Sigma rules (sigmahq.io) as predicates over lines: parsed by pySigma, compiled once, refused where they ask for what lines do not tell.

pySigma is imported where a rule is read, and nowhere else: who has no Sigma rules does without it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from core.catalog.nearest import did_you_mean, listed
from core.errors import BadInput
from core.expressions import Unusable, compiled
from core.printable import printable
from core.security.signals.model import Severity
from core.security.signals.reading.auth import HEAD
from core.security.signals.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.catalog.logs import LogSource, SigmaText
    from core.expressions import Expression

    Predicate = Callable[["Line"], bool]

LEVELS = {
    "informational": Severity.INFO, "low": Severity.LOW, "medium": Severity.LOW, "high": Severity.HIGH,
    "critical": Severity.CRITICAL,
}  # fmt: skip
_PROGRAMS = {"sshd": "sshd", "sudo": "sudo", "su": "su", "cron": "cron", "pam": "", "auth": "", "syslog": ""}
"""The services of Linux that an auth log holds, and the program whose lines a rule of one is about; empty: all."""
_WEB = frozenset({"apache", "nginx", "iis"})
_OF_AUTH = re.compile(
    HEAD.encode() + rb"(?P<program>[^\s:\[]+)(?:\[(?P<pid>\d+)\])?: (?P<message>.*)", re.DOTALL
)
_QUOTED = rb'(?:[^"\\]|\\.)*+'
_OF_WEB = re.compile(
    rb'(?P<ip>\S+) \S+ (?P<user>\S+|"[^"]*") \[[^\]]+\] "(?P<method>\S+) '
    rb'(?P<uri>(?P<stem>(?:[^\s?"\\]|\\\S)*+)(?:\?(?P<query>(?:[^\s"\\]|\\\S)*+))?)' + _QUOTED + rb'" '
    rb'(?P<status>\d{3}) (?P<size>\S+)(?: "(?P<referer>' + _QUOTED + rb')" "(?P<agent>' + _QUOTED + rb')")?'
)
"""What is quoted holds quotes with a backslash before them, as a web server writes those that somebody sent."""
_FIELDS = {
    "auth": {"message": "message", "process": "program", "program": "program", "pid": "pid"},
    "web": {
        "cs-method": "method", "c-uri": "uri", "cs-uri": "uri", "cs-uri-stem": "stem", "cs-uri-query": "query", "sc-status": "status",
        "cs-username": "user", "c-ip": "ip", "src_ip": "ip", "cs-referer": "referer", "cs-user-agent": "agent", "c-useragent": "agent",
    },
}  # fmt: skip
"""What a rule may name of a line, and the group that holds it, by the kind of log."""
LEAST_NEEDLE = 3
NEEDED = 'Install it: pip install "watchfloor[sigma]"'


class Line:
    """A line as a predicate sees it: its text, and its fields once one is asked for."""

    __slots__ = ("_fields", "_kind", "raw", "text")

    def __init__(self, raw: bytes, kind: str) -> None:
        self.raw, self._kind = raw, kind
        self.text = raw.decode("utf-8", "replace")
        self._fields: dict[str, str] | None = None

    def field(self, name: str) -> str | None:
        """Returns a field; None where the line has none of that name."""
        if self._fields is None:
            found = (_OF_AUTH if self._kind == "auth" else _OF_WEB).match(self.raw)
            groups = found.groupdict() if found else {}
            self._fields = {
                key: value.decode("utf-8", "replace") for key, value in groups.items() if value is not None
            }
        return self._fields.get(name)


@dataclass(frozen=True, slots=True)
class SigmaRule:
    """A rule that is compiled: what it raises, whether it matches a line, and bytes (small letters) of which one is in each such line.

    `needles` is None where no such bytes are known: every line is looked at.
    """

    rule: Rule
    kind: str
    program: str
    matches: Predicate
    needles: frozenset[bytes] | None

    def is_about(self, source: LogSource) -> bool:
        """Tells whether it is held against a log."""
        return source.kind == self.kind


def compile_rule(text: SigmaText) -> SigmaRule:
    """Returns a rule compiled. Raises BadInput for one that cannot be read, or asks for what lines do not tell; and without pySigma."""
    parsed = _parsed(text)
    kind, program = _log_of(parsed, text)
    level = str(parsed.level.name).lower() if parsed.level is not None else "medium"
    conditions = parsed.detection.parsed_condition
    if len(conditions) != 1:
        raise _refused(text, "detection.condition", "holds several conditions", "Write a rule for each")
    tree = _tree(conditions[0], text)
    compiler = _Compiler(text, kind)
    matches, needles = compiler.predicate(tree), compiler.needles(tree)
    rule = Rule(
        f"sigma-{text.id}", LEVELS[level], printable(str(parsed.title or text.id), 120), (kind_of(text.id),)
    )
    return SigmaRule(rule, kind, program, matches, needles)


def kind_of(rule_id: str) -> str:
    """Returns what a sighting of a Sigma rule is called."""
    return f"sigma {rule_id}"


def _parsed(text: SigmaText) -> Any:
    """Returns the rule as pySigma reads it."""
    yaml, rule = _library(text, "yaml"), _library(text, "sigma.rule")
    try:
        documents = list(yaml.safe_load_all(text.text))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark is not None else ""
        what = f"is not YAML: {getattr(error, 'problem', None) or 'it cannot be read'}"
        raise _refused(text, place, what, "Correct the file") from error
    if len(documents) != 1 or not isinstance(documents[0], dict):
        raise _refused(
            text, "", f"holds {len(documents)} documents, or none that is a rule", "Put one rule in a file"
        )
    detection = documents[0].get("detection")
    if "correlation" in documents[0] or (isinstance(detection, dict) and "timeframe" in detection):
        what = "counts within a span, which is not done here"
        raise _refused(text, "detection", what, "Declare a pattern with count and within instead")
    return _reading(text, "", rule.SigmaRule.from_dict, documents[0])


def _tree(condition: Any, text: SigmaText) -> Any:
    return _reading(text, "detection.condition", condition.parse)


def _reading(text: SigmaText, place: str, read: Callable[..., Any], *args: Any) -> Any:
    """Returns what pySigma reads; raises BadInput with its words for what it refuses, however it does so."""
    try:
        return read(*args)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError, NotImplementedError) as error:
        raise _refused(text, place, f"is no Sigma rule: {error}", "Correct the file") from error


def _library(text: SigmaText, name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise BadInput("needs pySigma, which is not installed", where=text.path, next_step=NEEDED) from error


def _log_of(parsed: Any, text: SigmaText) -> tuple[str, str]:
    """Returns the kind of log a rule is about, and the program whose lines it is."""
    source = parsed.logsource
    product, service, category = source.product, source.service, source.category
    if product in {None, "linux"} and service in _PROGRAMS:
        return "auth", _PROGRAMS[service]
    if category == "webserver" or product in _WEB:
        return "web", ""
    said = "/".join(each for each in (product, category, service) if each)
    step = f"Watchfloor reads: linux {listed(sorted(_PROGRAMS))}; category webserver"
    raise _refused(text, "logsource", f"is about {said or 'no log'}, which no log here is", step)


def _refused(text: SigmaText, place: str, what: str, next_step: str) -> BadInput:
    where = f"{text.path}: {place}" if place else text.path
    return BadInput(printable(what, 300), where=where, next_step=next_step)


class _Compiler:
    """Makes a predicate, and the needles, of a condition's tree (sigma.conditions)."""

    def __init__(self, text: SigmaText, kind: str) -> None:
        self._text, self._fields = text, _FIELDS[kind]

    def predicate(self, node: Any) -> Predicate:
        kind = type(node).__name__
        if kind in {"ConditionAND", "ConditionOR"}:
            parts = [self.predicate(each) for each in node.args]
            join = all if kind == "ConditionAND" else any
            return lambda line: join(part(line) for part in parts)
        if kind == "ConditionNOT":
            inner = self.predicate(node.args[0])
            return lambda line: not inner(line)
        if kind == "ConditionValueExpression":
            test = self._test(node.value, "keywords", is_whole=False)
            return lambda line: test(line.text)
        if kind == "ConditionFieldEqualsValueExpression":
            return self._of_field(node)
        raise _refused(self._text, "detection", f"asks for {kind}, which no line tells", "Leave it out")

    def _of_field(self, node: Any) -> Predicate:
        name, value = str(node.field), node.value
        group = self._fields.get(name)
        if group is None:
            step = did_you_mean(name, self._fields, f"A line tells: {listed(sorted(self._fields))}")
            raise _refused(self._text, f"detection, field {name}", "is told by no line", step)
        kind = type(value).__name__
        if kind == "SigmaNull":
            return lambda line: not line.field(group)
        if kind == "SigmaExists":
            wanted = bool(value.exists)
            return lambda line: (line.field(group) is not None) is wanted
        test = self._test(value, name, is_whole=True)
        return lambda line: (held := line.field(group)) is not None and test(held)

    def _test(self, value: Any, name: str, *, is_whole: bool) -> Callable[[str], bool]:
        kind = type(value).__name__
        if kind in {"SigmaString", "SigmaCasedString"}:
            wanted = self._compiled(
                _expression(value), name, ignores_case=kind == "SigmaString", dot_is_all=True
            )
            return (
                (lambda held: wanted.fullmatch(held) is not None)
                if is_whole
                else (lambda held: wanted.search(held) is not None)
            )
        if kind == "SigmaRegularExpression":
            flags = {flag.name for flag in value.flags}
            found = self._compiled(
                str(value.regexp), name, ignores_case="IGNORECASE" in flags, dot_is_all="DOTALL" in flags
            )
            return lambda held: found.search(held) is not None
        if kind == "SigmaNumber":
            number = str(value.number)
            return (lambda held: held == number) if is_whole else (lambda held: number in held)
        if kind == "SigmaCIDRExpression":
            network = value.network
            return lambda held: _is_in(held, network)
        raise _refused(
            self._text,
            f"detection, {name}",
            f"compares by {kind.removeprefix('Sigma')}, which is not known here",
            "Write it otherwise",
        )

    def _compiled(self, text: str, name: str, **flags: bool) -> Expression[str]:
        try:
            return compiled(text, **flags)
        except Unusable as error:
            raise _refused(self._text, f"detection, {name}", error.what, error.next_step) from error

    def needles(self, node: Any) -> frozenset[bytes] | None:
        kind = type(node).__name__
        if kind == "ConditionAND":
            known = [found for each in node.args if (found := self.needles(each)) is not None]
            return min(known, key=len, default=None)
        if kind == "ConditionOR":
            parts = [self.needles(each) for each in node.args]
            return None if None in parts else frozenset().union(*(each for each in parts if each is not None))
        value: Any = getattr(node, "value", None)
        if type(value).__name__ in {"SigmaString", "SigmaCasedString"}:
            runs = [
                run for part in value.s if isinstance(part, str) for run in re.findall(r"[\x20-\x7e]+", part)
            ]
            longest = max(runs, key=len, default="")
            return frozenset({longest.lower().encode()}) if len(longest) >= LEAST_NEEDLE else None
        return None


def _expression(value: Any) -> str:
    """Returns the regular expression of a Sigma string: `*` for anything, `?` for one character."""
    return "".join(
        re.escape(part) if isinstance(part, str) else ".*" if part.name == "WILDCARD_MULTI" else "."
        for part in value.s
    )


def _is_in(held: str, network: Any) -> bool:
    try:
        return ip_address(held) in network
    except ValueError:
        return False
