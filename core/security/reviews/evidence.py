"""The evidence of a review, all of it in one file: a ZIP with a readable head, and tables that any office program opens.

The same review makes the same bytes: nothing in it is of the instant it is made. Cells that an office program would take
for a formula are written as text.
"""

from __future__ import annotations

import csv
import io
import zipfile
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from core.journal.queries import of_subject
from core.journal.wording import sentence
from core.printable import printable
from core.security.foreign import harmless
from core.security.reviews.model import Item, stage_name
from core.security.reviews.own import OWN_RIGHTS
from core.security.reviews.pace import pace_of
from core.security.reviews.queries import one_review, progress, seats_in, to_answer, to_item
from core.security.reviews.revising import subject
from core.security.reviews.tables import access_answer, access_item

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection

    from core.journal.model import Entry
    from core.security.reviews.model import Answer, Review, Seat

MOST_ENTRIES = 10_000
_WHEN = (1980, 1, 1, 0, 0, 0)


class Evidence(NamedTuple):
    """What is known of a review, for whoever proves it."""

    review: Review
    items: Sequence[Item]
    answers: Sequence[Answer]
    seats: Sequence[Seat]
    entries: Sequence[Entry]
    head: tuple[str, ...]


def evidence_of(connection: Connection, review_id: int) -> Evidence:
    """Returns the evidence of a review as it stands. Raises NotFound."""
    review = one_review(connection, review_id)
    items = [
        to_item(row)
        for row in connection.execute(
            select(access_item).where(access_item.c.review == review_id).order_by(access_item.c.id)
        )
    ]
    query = select(access_answer).where(access_answer.c.review == review_id)
    answers = [
        to_answer(row)
        for row in connection.execute(
            query.order_by(access_answer.c.item, access_answer.c.stage, access_answer.c.said_by)
        )
    ]
    entries = of_subject(connection, subject(review_id), limit=MOST_ENTRIES)
    head = tuple(_head(connection, review, items, answers, entries))
    return Evidence(review, items, answers, seats_in(connection, review_id), entries, head)


def as_zip(found: Evidence) -> bytes:
    """Returns the one file: the head as text, then the tables."""
    tables = {
        "items.csv": (_ITEMS, map(_item_row, found.items)),
        "answers.csv": (_ANSWERS, (_answer_row(each, found.review) for each in found.answers)),
        "nobody-decided.csv": (
            _ITEMS,
            (_item_row(each) for each in found.items if not each.outcome.is_decided),
        ),
        "reviewers.csv": (_SEATS, (_seat_row(each, found.review) for each in found.seats)),
        "journal.csv": (_ENTRIES, map(_entry_row, found.entries)),
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "read-me.txt", "\n".join(found.head) + "\n")
        for name, (titles, rows) in tables.items():
            _add(archive, name, _table(titles, rows))
    return made.getvalue()


def cell(text: object) -> str:
    """Returns what stands in a cell: text that no office program takes for a formula."""
    return harmless(printable("" if text is None else str(text), 4000))


def _add(archive: zipfile.ZipFile, name: str, text: str) -> None:
    member = zipfile.ZipInfo(name, _WHEN)
    member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    archive.writestr(member, text.encode())


def _table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow(titles)
    for row in rows:
        writer.writerow([cell(each) for each in row])
    return made.getvalue()


def _head(
    connection: Connection,
    review: Review,
    items: Sequence[Item],
    answers: Sequence[Answer],
    entries: Sequence[Entry],
) -> Iterable[str]:
    stands = progress(connection, [review.id])[review.id]
    pace = pace_of((each.decision, each.took_s) for each in answers)
    plan = review.plan
    last = entries[-1] if entries else None
    yield f"Access review {review.label}: {review.name}"
    yield f"State: {review.standing}. Answers for it: {review.owner}. Occasion: {review.occasion or 'planned by a person'}"
    yield ""
    yield f"Population: {plan.scope.in_words}. Of these: state granted, found, granted and not found, or left alone; those that are to be removed already are not asked about."
    yield f"Drawn: {_at(review.drawn_at)}, {review.items} grants ({review.privileged} privileged), by one statement over all grants."
    yield f"SHA-256 of the population as it was frozen: {review.digest or '-'}"
    if not items:
        yield "There was nothing to review."
    yield ""
    for number, stage in enumerate(plan.stages, start=1):
        yield f"Stage {number}: {stage.in_words}. On to the next stage: {', '.join(stage.goes_on) or 'nothing'}, and what nobody decided."
    yield f"Then, about what nobody decided: {', '.join(plan.last)}. Nobody decides about their own grants."
    yield f"Silence keeps nothing and revokes nothing. What nobody decided is {plan.silence_in_words} in nobody-decided.csv."
    found = sum(1 for each in items if each.was_only_found)
    yield f"When it opened, {found} of these grants were only found, and nobody had granted them: what is kept of them is granted by the review."
    missing = sum(1 for each in items if each.was_missing)
    yield f"Of {missing} it was the other way round, granted here and not shown by their source: what is kept of them stays expected, what is revoked ends."
    yield ""
    yield f"Decided: {stands.keep} keep, {stands.change} change, {stands.revoke} revoke. Nobody decided: {stands.undecided} undecided, {stands.no_answer} no answer."
    yield f"Suspended: {stands.suspended}. Told to where grants are kept and not yet gone: {stands.ordered}. Could not be done: {stands.refused}. Not carried out: {stands.not_done}."
    yield f"Pace of all reviewers: {pace.in_words}."
    yield f"Decisions closed: {_at(review.decided_at)}. Signed off: {_at(review.signed_at)} {review.signed_by}".rstrip()
    for entry in entries:
        if OWN_RIGHTS in entry.changes:
            yield f"{sentence(entry)} (entry {entry.seq})."
    if review.outcome:
        yield f"What it showed: {review.outcome}"
    yield ""
    if last is not None:
        yield f"Up to entry {last.seq} of the journal ({last.at:%Y-%m-%d %H:%M:%S}Z, hash {last.hash}). Instants are in UTC."
    if len(entries) == MOST_ENTRIES:
        yield f"journal.csv has the newest {MOST_ENTRIES} entries; those before them, if there are any, stand in the journal alone."
    yield "items.csv has every grant asked about, answers.csv what each reviewer said and when, reviewers.csv who was asked, journal.csv what happened."


_ITEMS = (
    "item", "grant", "source", "principal", "person", "entitlement", "on", "privileged", "owner", "granted by", "reason",
    "since", "expires", "last used", "stood", "state", "decision", "silence", "told to source", "done or gone", "trouble", "training",
)  # fmt: skip
_ANSWERS = ("item", "stage", "reviewer", "decision", "until", "reason", "said at", "seconds")
_SEATS = ("stage", "panel", "reviewer", "known as", "had to answer", "why")
_ENTRIES = ("entry", "at", "actor", "via", "kind", "what happened", "hash")


def _item_row(item: Item) -> Sequence[object]:
    return (
        item.label, f"G-{item.grant}", item.source, item.principal, item.person, item.entitlement, item.on,
        "yes" if item.is_privileged else "no", item.owner, item.granter, item.reason, _day(item.since), _day(item.expires),
        _instant(item.last_used), item.stood, item.state, item.outcome, item.silence, _instant(item.ordered_at), _instant(item.done_at),
        item.trouble, item.training,
    )  # fmt: skip


def _answer_row(answer: Answer, review: Review) -> Sequence[object]:
    return (
        f"RI-{answer.item}", stage_name(answer.stage, len(review.plan.stages)), answer.reviewer, answer.decision,
        _day(answer.until), answer.reason, _at(answer.said_at), "" if answer.took_s is None else f"{answer.took_s:.1f}",
    )  # fmt: skip


def _seat_row(seat: Seat, review: Review) -> Sequence[object]:
    return (
        stage_name(seat.stage, len(review.plan.stages)), seat.panel, seat.reviewer, seat.alias,
        "yes" if seat.is_asked else "no", seat.why,
    )  # fmt: skip


def _entry_row(entry: Entry) -> Sequence[object]:
    return entry.seq, _at(entry.at), entry.actor, entry.via, entry.kind, sentence(entry), entry.hash


def _at(at: datetime | None) -> str:
    return "-" if at is None else f"{at:%Y-%m-%d %H:%M:%S}Z"


def _instant(at: datetime | None) -> str:
    """Returns what a cell holds; one without an instant is empty."""
    return "" if at is None else _at(at)


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()
