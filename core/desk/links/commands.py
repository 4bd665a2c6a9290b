"""Every write of links: both items say it, each as it sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, insert, or_, select

from core.desk.links.model import LINKED, Relation, check_no_cycle, field_of, links_in, relation_called
from core.desk.links.queries import TABLES, is_so_to
from core.desk.links.tables import item_link
from core.errors import NotPossible
from core.gate.commands import admit
from core.gate.undo import Restorer
from core.journal.model import Subject
from core.journal.wording import label
from core.store.rows import row_of
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import ColumnElement

    from core.journal.appending import Recorded
    from core.journal.model import Entry
    from core.store.work import Work

_C = item_link.c
_MOST_ABOVE = 1000


def link_items(work: Work, item: Subject, words: str, other: Subject) -> None:
    """Says what an item is to another: `child of`, `cause of`, … Level 1, undoable.

    What it was to that one before is replaced. Raises BadInput for other words, NotFound for no item, NotPossible for
    an item with itself, for a second parent or original, and for what would make a circle.
    """
    admit(work, f"{item.kind}.link", [label(*item)])
    relation, is_other_way = relation_called(words)
    record_link(work, *((other, relation, item) if is_other_way else (item, relation, other)))


def unlink_items(work: Work, item: Subject, other: Subject) -> None:
    """Takes the link between two items away. Level 1, undoable. Raises NotPossible where there is none."""
    admit(work, f"{item.kind}.unlink", [label(*item)])
    _hold(work, item, other)
    row = _row_between(work, item, other)
    if row is None:
        raise NotPossible(
            f"{label(*item)} and {label(*other)} are not linked", next_step="Nothing was changed"
        )
    _take_away(work, row)
    one, two, relation = _ends_of(row)
    _say(work, "unlinked", one, two, (relation, None))


def record_link(work: Work, one: Subject, relation: Relation, other: Subject) -> None:
    """Links two items, whatever doing asks for it. Raises as `link_items` does."""
    if one == other:
        raise NotPossible(
            f"{label(*one)} is nothing to itself", next_step="Nothing was changed. Name another item"
        )
    _hold(work, one, other)
    row = _row_between(work, one, other)
    before: Relation | None = None
    if row is not None:
        first, second, before = _ends_of(row)
        if first != one or before is relation:
            raise NotPossible(
                f"{label(*first)} is {before} {label(*second)} already",
                next_step="Nothing was changed. Take that link away first",
            )
        _take_away(work, row)
    _check_fits(work, one, relation, other)
    _add(work, one, relation, other)
    _say(work, "linked", one, other, (before, relation))


def _check_fits(work: Work, one: Subject, relation: Relation, other: Subject) -> None:
    """Raises NotPossible for a second parent or original, and for a circle; holds all that the circle would go through."""
    before = is_so_to(work.connection, one, relation) - {other}
    if relation.is_to_one and before:
        raise NotPossible(
            f"{label(*one)} is {relation} {', '.join(label(*each) for each in before)} already",
            next_step="Nothing was changed. Take that link away first",
        )
    above: dict[Subject, set[Subject]] = {}
    to_see = [other]
    while to_see and len(above) < _MOST_ABOVE:
        item = to_see.pop()
        if item in above:
            continue
        _hold(work, item)  # so that nobody closes a circle with another link at the same moment
        above[item] = is_so_to(work.connection, item, relation)
        to_see += above[item]
    check_no_cycle(one, relation, other, above)


def _hold(work: Work, *items: Subject) -> None:
    """Has nobody else change these items before this work is done; raises NotFound."""
    for item in sorted(items, key=lambda each: (each.kind, int(each.id))):
        if item.kind not in LINKED:
            raise NotPossible(f"a {item.kind} is not linked", next_step="Nothing was changed")
        row_of(work, TABLES[item.kind], item.kind, int(item.id))


def _row_between(work: Work, one: Subject, other: Subject) -> Any:
    return work.connection.execute(select(item_link).where(or_(_is(one, other), _is(other, one)))).first()


def _is(one: Subject, other: Subject) -> ColumnElement[bool]:
    return and_(
        _C.from_kind == one.kind,
        _C.from_id == int(one.id),
        _C.to_kind == other.kind,
        _C.to_id == int(other.id),
    )


def _ends_of(row: Any) -> tuple[Subject, Subject, Relation]:
    one, other = Subject(row.from_kind, str(row.from_id)), Subject(row.to_kind, str(row.to_id))
    return one, other, Relation(row.relation)


def _take_away(work: Work, row: Any) -> None:
    work.connection.execute(delete(item_link).where(_is(*_ends_of(row)[:2])))


def _add(work: Work, one: Subject, relation: Relation, other: Subject) -> None:
    work.connection.execute(
        insert(item_link).values(
            from_kind=one.kind, from_id=int(one.id), to_kind=other.kind, to_id=int(other.id), relation=relation,
            linked_at=to_micros(work.now), linked_by=work.actor,
        )
    )  # fmt: skip


def _say(
    work: Work, what: str, one: Subject, other: Subject, change: tuple[Relation | None, Relation | None], *,
    cause: int | None = None,
) -> Recorded:  # fmt: skip
    """Records a change of a link on both time lines, each as it sees it."""
    kind = f"{one.kind}.taken_back" if what == "taken_back" else f"{one.kind}.{what}"
    said = work.record(kind, one, {field_of(other): change}, cause=cause)
    seen = tuple(None if each is None else each.seen_from_other for each in change)
    beside = "unlinked_from" if change[1] is None else "linked_from"
    work.record(f"{other.kind}.{beside}", other, {field_of(one): (seen[0], seen[1])}, cause=said)
    return said


def _restore(work: Work, entry: Entry) -> None:
    """Puts a link back as it was before an entry. Raises NotPossible where it was changed since."""
    one = entry.subject
    for other, was, is_now in links_in(entry.changes):
        _hold(work, one, other)
        row = _row_between(work, one, other)
        stands = None if row is None else _ends_of(row)
        if stands != (None if is_now is None else (one, other, Relation(is_now))):
            raise NotPossible(
                f"{label(*one)} and {label(*other)} were linked otherwise since",
                next_step="Nothing was changed",
            )
        if row is not None:
            _take_away(work, row)
        if was is not None:
            _check_fits(work, one, Relation(was), other)
            _add(work, one, Relation(was), other)
        change = (None if is_now is None else Relation(is_now), None if was is None else Relation(was))
        _say(work, "taken_back", one, other, change, cause=entry.seq)


RESTORERS = tuple(
    Restorer(frozenset({f"{kind}.linked", f"{kind}.unlinked"}), f"{kind}.taken_back", _restore)
    for kind in LINKED
)
