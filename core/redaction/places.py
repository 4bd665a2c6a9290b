"""Where texts that people write are kept: the one table of it. A test holds it against every text column there is.

What is in no place here is left alone: states, numbers, logins, names of components and sources, and what the agent
reads of the world outside.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Place(NamedTuple):
    """The texts of one table: whose rows they are, found by which column, and which columns hold them.

    `about` is the kind of subject, or `:` and the column that holds it. `json` are columns whose text is JSON.
    """

    table: str
    about: str
    id_column: str
    plain: tuple[str, ...] = ()
    json: tuple[str, ...] = ()

    @property
    def is_item(self) -> bool:
        """Tells whether the rows are the subjects themselves, and not what hangs on them."""
        return self.id_column == "id"


PLACES: Final = (
    Place("request", "request", "id", ("requester", "requester_name", "title", "text", "held_why", "outcome"), ("form",)),
    Place("approval_vote", "request", "request", ("vote_why",)),
    Place("checklist_item", "request", "request", ("text",)),
    Place("survey", "request", "id", ("comment",)),
    Place("incident", "incident", "id", ("title", "resolution", "review_outcome")),
    Place("problem", "problem", "id", ("title", "cause", "workaround", "solution", "outcome")),
    Place(
        "corrective_action", "action", "id",
        ("deviation", "cause", "action", "check_plan", "outcome", "containment", "overruled", "measure"), ("whys", "evidence"),
    ),
    Place("handover", "handover", "id", (), ("lines", "accepted")),
    Place("maintenance_window", "window", "id", ("reason",)),
    Place("rota_override", "override", "id", ("reason",)),
    Place("suppression", "suppression", "id", ("reason",)),
    Place("signal", "signal", "id", ("why",), ("samples",)),
    Place("finding", "finding", "id", ("title", "path", "url", "why")),
    Place("scan", "scan", "id", (), ("refusals",)),
    Place("access_grant", "grant", "id", ("reason", "said", "why")),
    Place("access_reading", "reading", "id", (), ("refusals",)),
    Place("threshold_revision", "threshold", "id", ("reason", "why_ended")),
    Place("training_record", "training", "id", ("evidence", "withdrawn_why")),
    Place("access_request", "access_request", "id", ("reason", "why")),
    Place("access_review", "review", "id", ("outcome",)),
    Place("access_item", "review", "review", ("reason", "outcome", "trouble")),
    Place("access_answer", "review", "review", ("reason",)),
    Place("run", "run", "id", ("title", "reason", "text", "despite")),
    Place("run_step", "run", "run", ("title", "text"), ("commands",)),
    Place("run_output", "run", "run", ("text",)),
    Place("run_order", "run", "run", ("note",)),
    Place("received", "mail", "id", ("sender", "title", "body", "reason"), ("attachments",)),
    Place("message", ":about_kind", "about_id", ("recipient", "title", "body", "trouble")),
)  # fmt: skip
"""In the order in which writers take their locks: an item first, its message last."""

SUBJECTS: Final = frozenset(place.about for place in PLACES if not place.about.startswith(":"))
"""The kinds of subject whose texts can be taken out."""
JSON_FIELDS: Final = frozenset(column for place in PLACES for column in place.json)
"""Fields of entries, named as the columns are, whose texts are JSON."""
WORDED: Final = ("request", "incident")
"""Kinds of subject whose words are kept beside them in a table of their own; they are made anew."""

STRUCTURE: Final = frozenset({
    "state", "version", "priority", "severity", "owner", "customer", "agreement", "service", "type", "component", "source",
    "waiting_for", "affected", "commander", "roles", "review", "procedure", "effect", "conductor", "zone", "scope", "every", "at",
    "rota", "person", "training", "rule", "policy", "kind", "about_kind", "about_id", "verdict", "verified", "mailbox", "key",
    "purpose", "channel", "step_state", "run_state", "approvers", "approval_state", "vote", "survey_state", "scale", "relation",
    "category", "checker", "seat", "message_purpose", "message_channel", "message_key", "message_state", "clock",
    "clock_agreement", "escalation_policy", "escalation_told", "redacted_entries", "redacted_fields", "token", "digest",
    "whom", "principal", "entitlement", "thing", "granter",
})  # fmt: skip
"""Fields of entries that hold no text that people write: to put the marker there would break what is made of them.

Whom a signal is about says who may not judge it, and a grant is found again in its source by who has which right on what.
"""
STRUCTURE_ENDS: Final = ("_by", "_at", "_on", "_id", "_s", "_until", "_due", "_owner", "_in")
"""How the names of further such fields end."""
