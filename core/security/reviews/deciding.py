"""What reviewers do: they stage decisions, look at the whole of them once, and write them out together."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, delete, func, insert, select, update

from core.catalog.nearest import listed
from core.counting import counted
from core.errors import BadInput, Moved, NotPossible
from core.gate.commands import admit
from core.security.grants.people import is_about
from core.security.reviews.model import ONLY_FOUND, SAID, Decision, ReviewState, is_settled, outcome_of
from core.security.reviews.pace import seconds_each
from core.security.reviews.queries import is_for, one_review, seats_in, staged_of
from core.security.reviews.revising import subject
from core.security.reviews.tables import access_answer, access_item, access_staged
from core.sentences import written
from core.timekeeping import NEVER, day_of, to_micros

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from core.gate.model import Consent
    from core.security.reviews.model import Review
    from core.security.reviews.queries import Staged
    from core.store.work import Work

MOST_AT_ONCE = 500
MOST_UNTIL_DAYS = 366
_IN_AN_ENTRY = 500
_I, _A, _G = access_item.c, access_answer.c, access_staged.c


class Outcome(NamedTuple):
    """What came of it: the labels of the items it was done to, and of each other one its label with why not."""

    done: tuple[str, ...]
    not_done: tuple[tuple[str, str], ...] = ()


def stage_decisions(
    work: Work,
    review_id: int,
    items: Sequence[int],
    decision: Decision,
    reason: str = "",
    until: date | None = None,
) -> Outcome:
    """Stages a decision about items, for the actor alone: nothing is said until it is written out. Level 1.

    A change names the day on which the grant is to end, or says in its reason what is to be different. Whatever changes
    something has a reason, and so has keeping what is privileged. What is privileged is decided one by one. To keep what was
    only found is to grant it: that may name its last day, and where it is privileged must.
    Raises BadInput for a decision that lacks something, NotPossible where the review asks nobody.
    """
    admit(work, "review.decide", [f"RI-{number}" for number in items[:1]])
    reason = written(reason, "reason")
    _check(work, items, decision, reason, until)
    review = one_review(work.connection, review_id)
    if review.state is not ReviewState.OPEN:
        raise NotPossible(
            f"RV-{review_id} is {review.state}", next_step="Only what an open review asks about is decided"
        )
    found = {each.id: each for each in _items(work, review_id, items)}
    not_done: list[tuple[str, str]] = []
    for number in items:
        why = _why_not(found.get(number), decision, reason, until, len(items))
        if why:
            not_done.append((f"RI-{number}", why))
            found.pop(number, None)
    if found:
        _stage(work, review_id, list(found.values()), decision, reason, until)
    work.is_quiet = True  # what is staged is the actor's own
    return Outcome(tuple(f"RI-{number}" for number in sorted(found)), tuple(not_done))


def unstage(work: Work, review_id: int, items: Sequence[int] = ()) -> int:
    """Takes staged decisions of the actor back, of all items where none is named; returns how many. Level 1."""
    admit(work, "review.decide", [f"RV-{review_id}"])
    query = delete(access_staged).where(_G.review == review_id, _G.reviewer == work.actor)
    if items:
        query = query.where(_G.item.in_(list(items)))
    work.is_quiet = True
    return work.connection.execute(query).rowcount


def write_out(work: Work, review_id: int, mark: str, consent: Consent) -> Staged:
    """Says all that the actor staged of a review, in one transaction. `mark` is that of what they looked at. Level 2.

    It asks to be confirmed as its revocations and changes together ask. Raises Moved where something else is staged now,
    or an item is no longer asked about; NotPossible where nothing is staged.
    """
    staged = staged_of(work.connection, review_id, work.actor)
    admit(work, "review.write_out", staged.changing or [f"RV-{review_id}"], consent)
    review = one_review(work.connection, review_id)
    if review.state is not ReviewState.OPEN or not staged.total:
        standing = (
            review.state
            if review.state is not ReviewState.OPEN
            else "open, and you have staged nothing of it"
        )
        raise NotPossible(f"RV-{review_id} is {standing}", next_step="Nothing was changed")
    if staged.mark != mark:
        raise Moved(
            f"what you staged of RV-{review_id} is not what you looked at",
            next_step="Nothing was changed. Look at the whole again, then write it out",
        )
    rows = work.connection.execute(
        select(
            _I.id,
            _I.stage,
            _I.panel,
            _I.person,
            _I.principal,
            _G.decision,
            _G.reason,
            _G.until,
            _G.staged_at,
            _G.took_ms,
        )
        .join(access_staged, (_G.item == _I.id) & (_G.stage == _I.stage))
        .where(_G.review == review_id, _G.reviewer == work.actor, is_for(work.actor))
        .order_by(_I.id)
        .with_for_update(of=access_item)  # no stage ends meanwhile
    ).all()
    if len(rows) != staged.total:
        raise Moved(
            f"{counted(staged.total - len(rows), 'item')} of what you staged of RV-{review_id} are not yours to decide any more",
            next_step="Nothing was changed. Take them back, then write out the others",
        )
    before = _said_before(work, [each.id for each in rows], review.stage)
    _say(work, review_id, rows, before)
    _outcomes(work, review, rows)
    unstage(work, review_id, ())
    work.is_quiet = False
    return staged


def _check(work: Work, items: Sequence[int], decision: Decision, reason: str, until: date | None) -> None:
    if decision not in SAID:
        raise BadInput(
            f"{decision} is no decision", next_step=f"It is one of: {listed(list(map(str, SAID)))}"
        )
    if not 0 < len(items) <= MOST_AT_ONCE:
        raise BadInput(f"{len(items)} items are not decided at once", next_step=f"Name 1 to {MOST_AT_ONCE}")
    if until is not None and decision not in {Decision.CHANGE, Decision.KEEP}:
        raise BadInput(f"a day goes with change, not with {decision}", where="until")
    if until is not None and not work.now.date() <= until <= work.now.date() + timedelta(
        days=MOST_UNTIL_DAYS
    ):
        raise BadInput(
            f"{until} is no day for a grant to end", where="until",
            next_step=f"Write one from today to {work.now.date() + timedelta(days=MOST_UNTIL_DAYS)}",
        )  # fmt: skip
    if not reason and not (decision is Decision.KEEP or (decision is Decision.CHANGE and until is not None)):
        raise BadInput(
            f"a reason is asked for: why {decision}", next_step="Nothing was staged. Say it in one sentence"
        )


def _items(work: Work, review_id: int, items: Iterable[int]) -> Sequence[Any]:
    query = select(
        _I.id, _I.stage, _I.state, _I.is_privileged, _I.person, _I.stood, is_for(work.actor).label("is_mine")
    ).where(_I.review == review_id, _I.id.in_(list(items)))
    return work.connection.execute(query).all()


def _why_not(item: Any, decision: Decision, reason: str, until: date | None, together: int) -> str:
    if item is None:
        return "it is not of this review"
    if not item.is_mine:
        return "it is not asked about any more" if item.state != "open" else "it is not yours to decide"
    if item.is_privileged and together > 1:
        return "it is privileged: it is decided by itself"
    if item.is_privileged and decision is Decision.KEEP and not reason:
        return "it is privileged: say why it is needed"
    return _why_not_kept(item, until) if decision is Decision.KEEP else ""


def _why_not_kept(item: Any, until: date | None) -> str:
    if item.stood not in ONLY_FOUND:
        return "it is granted, and kept as it is: a day goes with change" if until is not None else ""
    if item.is_privileged and until is None:
        return "it is privileged and was never granted: say until when it is needed"
    return ""


def _stage(
    work: Work, review_id: int, found: Sequence[Any], decision: Decision, reason: str, until: date | None
) -> None:
    now = to_micros(work.now)
    last = work.connection.scalar(
        select(func.max(_G.staged_at)).where(_G.review == review_id, _G.reviewer == work.actor)
    ) or work.connection.scalar(
        select(func.max(_A.said_at)).where(_A.review == review_id, _A.said_by == work.actor)
    )
    took = seconds_each(None if last is None else (now - last) / 1e6, len(found))
    work.connection.execute(
        delete(access_staged).where(_G.item.in_([each.id for each in found]), _G.reviewer == work.actor)
    )
    work.connection.execute(
        insert(access_staged),
        [
            {
                "item": each.id, "stage": each.stage, "reviewer": work.actor, "review": review_id, "decision": decision,
                "reason": reason, "until": until.isoformat() if until else NEVER, "staged_at": now,
                "took_ms": None if took is None else round(took * 1000),
            }
            for each in found
        ],
    )  # fmt: skip


def _said_before(work: Work, items: Sequence[int], stage: int) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for start in range(0, len(items), _IN_AN_ENTRY):
        query = select(access_answer).where(
            _A.item.in_(items[start : start + _IN_AN_ENTRY]), _A.stage == stage, _A.said_by == work.actor
        )
        found |= {row.item: row for row in work.connection.execute(query).all()}
    return found


def _say(work: Work, review_id: int, rows: Sequence[Any], before: dict[int, Any]) -> None:
    """Writes the answers down, each in place of the actor's former one, with entries that say all of them."""
    said_at = to_micros(work.now)
    answers = [
        {
            "item": each.id, "stage": each.stage, "said_by": work.actor, "review": review_id, "decision": each.decision,
            "reason": each.reason, "until": each.until, "said_at": said_at, "took_ms": each.took_ms,
        }
        for each in rows
    ]  # fmt: skip
    new = [each for each in answers if each["item"] not in before]
    if new:
        work.connection.execute(insert(access_answer), new)
    again = [
        {f"of_{name}": value for name, value in each.items()} for each in answers if each["item"] in before
    ]
    if again:
        fields = ("decision", "reason", "until", "said_at", "took_ms")
        statement = (
            update(access_answer)
            .where(
                _A.item == bindparam("of_item"), _A.stage == bindparam("of_stage"),
                _A.said_by == bindparam("of_said_by"),
            )
            .values({name: bindparam(f"of_{name}") for name in fields})
        )  # fmt: skip
        work.connection.execute(statement, again)
    for start in range(0, len(answers), _IN_AN_ENTRY):
        some = answers[start : start + _IN_AN_ENTRY]
        changes = {f"RI-{each['item']}": (_told(before.get(each["item"])), _told_of(each)) for each in some}
        # One that says the same again, later, has not changed: the entry names at least the stage.
        work.record("review.decided", subject(review_id), {**changes, "said_in": (None, some[0]["stage"])})


def _told(row: Any) -> str | None:
    return None if row is None else _in_words(row.decision, row.until, row.reason)


def _told_of(answer: dict[str, Any]) -> str:
    return _in_words(answer["decision"], answer["until"], answer["reason"])


def _in_words(decision: str, until: str, reason: str) -> str:
    """Returns an answer as an entry says it: `change until 2026-12-31: he leaves then`."""
    day = day_of(until)
    text = f"{decision} until {day}" if day else str(decision)
    return f"{text}: {reason}" if reason else text


def _outcomes(work: Work, review: Review, rows: Sequence[Any]) -> None:
    """Writes down what comes of all that was said so far of these items, as if the stage ended now."""
    stage, rule = review.stage, review.plan.stage(review.stage).rule
    asked: dict[str, list[Any]] = {}
    for seat in seats_in(work.connection, review.id, stage):
        if seat.is_asked:
            asked.setdefault(seat.panel, []).append(seat)
    said: dict[int, dict[str, Decision]] = {each.id: {} for each in rows}
    numbers = list(said)
    for start in range(0, len(numbers), _IN_AN_ENTRY):
        query = select(_A.item, _A.said_by, _A.decision).where(
            _A.item.in_(numbers[start : start + _IN_AN_ENTRY]), _A.stage == stage
        )
        for item, who, decision in work.connection.execute(query).all():
            said[item][who] = Decision(decision)
    values = []
    for each in rows:
        answers = said[each.id]
        silent = any(
            not {seat.reviewer, seat.alias} & answers.keys()
            for seat in asked.get(each.panel, ())
            if not is_about(
                frozenset({seat.reviewer.lower(), seat.alias.lower()}), each.person, each.principal
            )
        )
        outcome = outcome_of(rule, answers.values(), is_somebody_silent=silent)
        settled = is_settled(rule, answers.values()) or (outcome.is_decided and not silent)
        values.append({"of_id": each.id, "of_outcome": outcome, "of_settled": int(settled)})
    statement = (
        update(access_item)
        .where(_I.id == bindparam("of_id"))
        .values(outcome=bindparam("of_outcome"), is_settled=bindparam("of_settled"))
    )
    work.connection.execute(statement, values)
