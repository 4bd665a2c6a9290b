"""Trivy's own JSON (schema version 2)."""

from __future__ import annotations

from typing import Any

from core.security.findings.reports.model import (
    Collector,
    Report,
    Reported,
    fields,
    items,
    known_as,
    package_name,
    severity,
)
from core.security.foreign import instant, text

_PACKAGES = frozenset({"os-pkgs", "lang-pkgs"})


def is_it(document: Any) -> bool:
    """Tells whether a document is such a report."""
    return isinstance(document, dict) and "SchemaVersion" in document and "ArtifactName" in document


def read(document: dict[str, Any]) -> Report:
    """Returns what the report says; results that are no vulnerabilities (secrets, settings) are passed over."""
    found = Collector()
    was_looked = False
    for n, result in enumerate(items(document.get("Results"))):
        result = fields(result)  # noqa: PLW2901
        was_looked = was_looked or text(result.get("Class")) in _PACKAGES
        for m, each in enumerate(items(result.get("Vulnerabilities"))):
            found.add(_line(fields(each), fields(result), f"Results[{n}].Vulnerabilities[{m}]"))
    about = fields(document.get("Metadata"))
    names = (document.get("ArtifactName"), *items(about.get("RepoTags")), *items(about.get("RepoDigests")))
    return Report(
        "trivy", "trivy", tuple(dict.fromkeys(filter(None, map(text, names)))), tuple(found.lines),
        tuple(found.refusals), instant(document.get("CreatedAt")), was_looked=was_looked or bool(found.lines),
    )  # fmt: skip


def _line(each: dict[str, Any], result: dict[str, Any], place: str) -> Reported:
    identity = fields(each.get("PkgIdentifier"))
    name, aliases = known_as(text(each.get("VulnerabilityID")), map(text, items(each.get("VendorIDs"))))
    return Reported(
        name, package_name(text(each.get("PkgName")), text(identity.get("PURL"))), place,
        package_version=text(each.get("InstalledVersion")), fixed_in=text(each.get("FixedVersion")),
        path=text(each.get("PkgPath")) or text(result.get("Target")), severity=severity(each.get("Severity")),
        title=text(each.get("Title")) or text(each.get("Description")), aliases=aliases, url=text(each.get("PrimaryURL")),
    )  # fmt: skip
