"""What statements (OpenVEX) do to the findings they speak of. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.security.findings.matching import Key, Step, What
from core.security.findings.model import STANDING, FindingState
from core.security.findings.reports.model import Verdict, bare_purl, package_name
from core.security.findings.reports.openvex import ANY
from core.security.foreign import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.security.findings.model import Finding
    from core.security.findings.reports.model import Reported

_S = FindingState
BECOMES = {
    Verdict.NOT_AFFECTED: _S.NOT_AFFECTED, Verdict.FIXED: _S.CORRECTED, Verdict.AFFECTED: _S.CONFIRMED,
    Verdict.LOOKING: None,
}  # fmt: skip
"""What a statement brings a finding to. OpenVEX's `fixed` is that the product holds the correction, not that one exists."""


def spoken_of(
    matched: Iterable[tuple[str, Reported]], known: Iterable[Finding], *, named_by_itself: bool
) -> tuple[list[Step], list[Refusal]]:
    """Returns what statements do, and those that speak of what no finding is known of.

    `named_by_itself`: the products name the components; else the component was said, and products may be packages in it.
    """
    by_component: dict[str, list[Finding]] = {}
    for each in known:
        by_component.setdefault(each.component, []).append(each)
    steps: dict[Key, Step] = {}
    refusals: list[Refusal] = []
    for component, line in matched:
        names = {line.vulnerability.upper(), *(alias.upper() for alias in line.aliases)}
        packages = _packages(line, named_by_itself=named_by_itself)
        about = [
            each for each in by_component.get(component, ())
            if names & {each.vulnerability.upper(), *(alias.upper() for alias in each.aliases)}
            and (not packages or each.package in packages)
        ]  # fmt: skip
        if not about:
            refusals.append(
                Refusal(
                    line.place, f"speaks of {line.vulnerability} in {component}, which no finding is about"
                )
            )
        for each in about:
            key = Key(each.component, each.vulnerability, each.package)
            steps[key] = Step(_what(each, line), key, line, each)
    return sorted(steps.values(), key=lambda step: step.key), refusals


def _packages(line: Reported, *, named_by_itself: bool) -> set[str]:
    if line.package != ANY:
        return {line.package}
    return set() if named_by_itself else {package_name("", name) for name in line.names if bare_purl(name)}


def _what(known: Finding, line: Reported) -> What:
    """Returns what a statement does to a finding; nothing where it stands so already, or cannot come to stand so."""
    wanted = BECOMES[line.verdict]
    if wanted is _S.CONFIRMED and known.state is _S.NOT_AFFECTED:
        return What.AFFECTED
    if wanted is None or wanted not in STANDING[known.state].follows:
        return What.SEEN
    if wanted is _S.CONFIRMED and known.state is not _S.NEW:
        return What.SEEN
    return {_S.NOT_AFFECTED: What.NOT_AFFECTED, _S.CORRECTED: What.CORRECTED, _S.CONFIRMED: What.CONFIRM}[
        wanted
    ]
