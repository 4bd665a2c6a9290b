"""The one table of texts knows every column there is: each holds texts that people write, or is known to hold none."""

from __future__ import annotations

from sqlalchemy import Text

from core.gate.rights import WRITES
from core.journal.redacted import kind_for
from core.redaction.places import PLACES, SUBJECTS
from core.redaction.text import is_structure
from core.store.tables import metadata

ELSEWHERE = frozenset({
    "access_known", "access_seat", "access_source", "access_staged", "approval", "board",
    "catalog_item", "catalog_state", "clock", "component", "component_state", "escalation", "escalation_step", "exploited",
    "incident_words", "item_link", "journal", "lease", "log_reader", "looked", "operating", "presence", "probe_number",
    "probe_state", "request_words", "seal", "staff", "watcher",
})  # fmt: skip
"""Tables without a place: what they hold is read elsewhere, made of other texts, or names; the journal and words have their own way."""
NAMES = {
    "access_grant": {"since", "expires", "due", "words"},
    "access_reading": {"file"},
    "finding": {"vulnerability", "package", "package_version", "fixed_in", "aliases", "listed_due", "start", "due", "due_rule", "justification", "proof", "words"},
    "scan": {"components", "file"},
    "signal": {"title", "place", "day", "words"},
    "access_item": {"panel", "silence", "principal", "entitlement", "thing", "granter", "since", "expires", "stood", "words"},
    "access_answer": {"decision", "until"},
    "access_request": {"principal", "entitlement", "thing"},
    "access_review": {"name", "plan", "occasion", "scheduled"},
    "corrective_action": {"due", "origin"},
    "received": {"message_id"},
    "rota_override": set(),
    "run_output": {"stream"},
    "suppression": {"whom"},
    "survey": {"token_digest", "scored_via"},
    "threshold_revision": {"id", "warning", "critical", "warning_clear", "critical_clear", "declared"},
    "run_step": {"by"},
    "run_order": {"by"},
}  # fmt: skip
"""Columns beside the texts that name things or people, or are the program's own words."""


def test_every_text_column_is_a_text_of_people_or_known_not_to_be() -> None:
    for table in metadata.sorted_tables:
        held = {name for place in PLACES if place.table == table.name for name in (*place.plain, *place.json)}
        columns = {column.name for column in table.columns if isinstance(column.type, Text)}
        left = {name for name in columns - held if not is_structure(name)} - NAMES.get(table.name, set())
        assert held <= columns
        assert not left or table.name in ELSEWHERE, (table.name, left)


def test_no_field_of_a_text_counts_as_structure() -> None:
    for place in PLACES:
        assert [name for name in (*place.plain, *place.json) if is_structure(name)] == []


def test_every_subject_has_its_kind_of_entry() -> None:
    assert {kind_for(subject) for subject in SUBJECTS} == {
        kind for kind in WRITES if kind.endswith(".redacted")
    }
