"""Which sightings make a signal: rules as data, each with its name, its level, its window, and by what it counts. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.security.signals.model import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.catalog.logs import LogPattern, LogSource
    from core.security.signals.sigma import SigmaRule

WITHIN_S = 600.0


@dataclass(frozen=True, slots=True)
class Rule:
    """From when on sightings of some kinds are a signal.

    `by` are the fields whose values are counted apart, and what the signal is about. With `count` 1 each sighting is one.
    `different` counts how many values that field had instead of how many sightings there were. With `then` nothing is
    raised at the count: only the first sighting of that kind after it is. With `across` sightings are counted over all logs
    that the agent of a zone reads, once so many of them hold some; 0: each log by itself.
    """

    id: str
    level: Severity
    title: str
    of: tuple[str, ...]
    by: tuple[str, ...] = ()
    count: int = 1
    within_s: float = WITHIN_S
    different: str = ""
    then: str = ""
    across: int = 0


_ATTEMPTS = ("failure", "success")
_REFUSED = ("failure", "unknown account")
"""An "unknown name" is none of these: sshd says it once before any attempt, and then refuses each attempt by itself."""
BUILT_IN = (
    Rule("refused-sign-in", Severity.INFO, "sign-ins refused, one by one", _REFUSED),
    Rule("failures-of-address", Severity.LOW, "sign-ins refused from one address", _REFUSED, ("address",), 5),
    Rule("failures-of-account", Severity.LOW, "sign-ins refused for one account", ("failure",), ("account",), 5),
    Rule("unknown-accounts", Severity.LOW, "one address tries accounts that do not exist", ("unknown account", "unknown name"), ("address",), 5),
    Rule("failures-everywhere", Severity.LOW, "sign-ins refused from everywhere", _REFUSED, (), 100),
    Rule("failures-across-logs", Severity.LOW, "sign-ins refused from one address in several logs", _REFUSED, ("address",), 5, across=2),
    Rule("success-after-failures", Severity.HIGH, "a sign-in let in after it was refused 5 times", _REFUSED, ("address",), 5, then="success"),
    Rule("account-of-many", Severity.HIGH, "one account tried from 3 addresses", _ATTEMPTS, ("account",), 3, different="address"),
    Rule("not-in-sudoers", Severity.HIGH, "sudo by somebody who may not", ("not in sudoers",), ("account",)),
    Rule("audit-off", Severity.HIGH, "the audit was switched off", ("audit off",)),
    Rule("log-cleared", Severity.HIGH, "a log was cleared", ("log cleared",)),
    Rule("privileged-account", Severity.HIGH, "an account was given privileges", ("privileged",), ("account",)),
    Rule("account-made", Severity.INFO, "accounts made", ("account made",), ("account",)),
    Rule("started-outside-run", Severity.HIGH, "a component was started outside a run", ("started",), ("unit",)),
    Rule("denied", Severity.LOW, "denied again and again", ("denied",), ("address",), 10),
    Rule("denied-account", Severity.LOW, "an account is denied again and again", ("denied",), ("account",), 10),
    Rule("web-probing", Severity.LOW, "one address looks for holes", ("web probe",), ("address",), 5),
    Rule("web-scanning", Severity.LOW, "one address asks for what is not there", ("not found",), ("address",), 30, 60.0),
    Rule("web-secret", Severity.HIGH, "a file that is nobody's business was handed out", ("web secret",), ("address",)),
)  # fmt: skip
"""The rules that every log is held against; a kind of sighting that its kind of log does not know never comes."""

CLOCK_OFF = Rule("clock-off", Severity.LOW, "the clock of a log is off", ())
SILENT = Rule("log-silent", Severity.LOW, "a log has fallen silent", ())
STARTED = next(rule for rule in BUILT_IN if rule.id == "started-outside-run")
CLEARED = next(rule for rule in BUILT_IN if rule.id == "log-cleared")
AUDIT_OFF = next(rule for rule in BUILT_IN if rule.id == "audit-off")
REFUSED = Rule("refused", Severity.LOW, "the gate refused somebody", ("refusal",), ("actor",))
OUTSIDE = Rule(
    "outside-agreements", Severity.LOW, "what no agreement covers was asked for", ("outside",), ("asker",)
)
BROKEN = Rule("journal-broken", Severity.CRITICAL, "the journal does not hold", ())
PRIVILEGED = Rule(
    "watchfloor-role",
    Severity.HIGH,
    "somebody was given a role that keeps others",
    ("role given",),
    ("account",),
)
UNWATCHED = Rule(
    "log-unwatched", Severity.HIGH, "a log is not read any more: the catalog declares it no longer", ()
)
LOOKED_AT = Rule("watch-changed", Severity.LOW, "what is looked for in a log was changed in the catalog", ())
KEY = Rule("seal-key", Severity.HIGH, "the key of the seals was replaced", ("key replaced",), ())
OF_JOURNAL = (REFUSED, OUTSIDE, PRIVILEGED, KEY, UNWATCHED, LOOKED_AT)
"""The rules that the journal itself is held against."""
OF_WATCH = frozenset(
    rule.id for rule in (BROKEN, KEY, SILENT, CLOCK_OFF, CLEARED, AUDIT_OFF, UNWATCHED, LOOKED_AT)
)
"""What says that the watch itself sees nothing, or is not to be trusted: never suppressed, and new each time it comes."""
ALL = (*BUILT_IN, CLOCK_OFF, SILENT, *OF_JOURNAL, BROKEN)


def rules_of(source: LogSource, sigma: Sequence[SigmaRule] = ()) -> tuple[Rule, ...]:
    """Returns the rules that a log is held against, with those of its own patterns, and the Sigma rules about its kind."""
    return (
        *BUILT_IN, *map(_of_pattern, source.patterns), *(each.rule for each in sigma if each.is_about(source)),
    )  # fmt: skip


def is_single(rule: Rule) -> bool:
    """Tells whether each sighting of a rule is one by itself, so that nothing of it is counted."""
    return rule.count == 1 and not (rule.then or rule.across)


def kind_of(pattern: LogPattern) -> str:
    """Returns what a sighting of a declared pattern is called."""
    return f"pattern {pattern.name}"


def _of_pattern(pattern: LogPattern) -> Rule:
    by = (pattern.by,) if pattern.by else ()
    return Rule(
        pattern.name, Severity(pattern.level), pattern.name.replace("-", " "), (kind_of(pattern),), by, pattern.count,
        pattern.within_s, across=int(pattern.across),
    )  # fmt: skip
