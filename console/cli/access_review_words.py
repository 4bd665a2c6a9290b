"""How the command line prints reviews and their items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.cli.printing import print_json, print_table
from core.counting import counted
from core.printable import printable
from core.security.reviews.queries import one_review, paces, progress, seats_in, to_do

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from core.security.reviews.model import Item, Review
    from core.security.reviews.queries import Progress, Staged
    from core.store.store import Store


def print_reviews(options: argparse.Namespace, store: Store, found: Sequence[Review]) -> int:
    """Prints reviews as the options ask for it; returns the exit code."""
    stands = store.read(progress, [each.id for each in found])
    if options.json:
        print_json([as_data(each, stands[each.id]) for each in found])
    elif options.plain:
        for each in found:
            print(printable(sentence(each, stands[each.id]), 1000))
        if not found:
            print("No review is there.")
    else:
        rows = [
            (
                each.label, each.standing, f"{each.due_at:%Y-%m-%d}" if each.due_at else str(each.scheduled or "-"),
                f"{stands[each.id].decided} of {each.items}", stands[each.id].change + stands[each.id].revoke,
                stands[each.id].ordered, each.owner, each.name,
            )
            for each in found
        ]  # fmt: skip
        titles = ("ID", "STATE", "DUE", "DECIDED", "CHANGE", "TO GO", "OWNER", "NAME")
        print_table(titles, rows, "No review is there.")
    return 0


def print_review(options: argparse.Namespace, store: Store, number: int) -> int:
    """Prints one review: how it stands, who has to decide, and how they did."""
    review = store.read(one_review, number)
    stands = store.read(progress, [number])[number]
    waits = store.read(to_do, number, review.stage)
    pace = store.read(paces, number)
    if options.json:
        reviewers = {who: found._asdict() for who, found in pace.items()}
        print_json(as_data(review, stands) | {"waits_for": waits, "reviewers": reviewers})
        return 0
    print(printable(sentence(review, stands), 1000))
    print(f"  scope: {printable(review.plan.scope.in_words, 400)}")
    for place, stage in enumerate(review.plan.stages, start=1):
        print(f"  stage {place}: {printable(stage.in_words, 400)}")
    print(f"  then: {printable(', '.join(review.plan.last), 400)}; {review.plan.silence_in_words}")
    asked = {each.reviewer for each in store.read(seats_in, number, review.stage)}
    for who in sorted({*waits, *pace} | (asked & waits.keys())):
        said = pace[who].in_words if who in pace else "nothing decided"
        hasty = "; that is hasty" if who in pace and pace[who].is_hasty else ""
        print(f"  {printable(who, 60)}: {counted(waits.get(who, 0), 'item')} to decide; {said}{hasty}")
    return 0


def print_items(options: argparse.Namespace, review: Review, found: Sequence[Item]) -> int:
    """Prints items as the options ask for it; returns the exit code.

    What is staged stands there with its day and its reason, as far as there are any.
    """
    if options.json:
        print_json([item_data(each) for each in found])
    elif options.plain:
        for each in found:
            print(printable(item_sentence(each), 1000))
        if not found:
            print("No item is there.")
    else:
        print_table(
            ("ID", "WHO", "RIGHT", "ON", "STOOD", "LAST USED", "EXPIRES", "STATE", "STAGED"),
            [
                (
                    each.label, each.principal, f"{each.entitlement}{' !' if each.is_privileged else ''}", each.on,
                    each.stood or "-", f"{each.last_used:%Y-%m-%d}" if each.last_used else "-", each.expires or "-",
                    each.standing, _staged(each) or "-",
                )
                for each in found
            ],
            f"No item of {review.label} is there.",
        )  # fmt: skip
    return 0


def print_staged(options: argparse.Namespace, number: int, staged: Staged) -> int:
    """Prints what is staged of a review, all in all."""
    if options.json:
        print_json(staged._asdict() | {"review": f"RV-{number}", "total": staged.total})
        return 0
    if not staged.total:
        print(f"You have staged nothing of RV-{number}.")
        return 0
    parts = [f"{getattr(staged, name)} {name}" for name in ("keep", "change", "revoke", "undecided")]
    print(f"Staged of RV-{number}: {', '.join(parts)}. Nothing of it is said until it is written out.")
    return 0


def sentence(review: Review, stands: Progress) -> str:
    """Returns a review in one sentence."""
    due = f", due {review.due_at:%Y-%m-%d %H:%M}Z" if review.due_at else ""
    opens = f", opens {review.scheduled}" if review.scheduled and not review.items else ""
    decided = f"; {stands.decided} of {review.items} decided, {stands.change + stands.revoke} of them change something"
    rest = f"; {stands.ordered} still to be gone" if stands.ordered else ""
    rest += f"; {stands.not_done} to be carried out" if stands.not_done else ""
    rest += f"; {stands.refused} could not be done" if stands.refused else ""
    return f"{review.label} {review.standing}{due}{opens}: {review.name}, {review.owner}'s{decided if review.items else ''}{rest}; version {review.version}"


def item_sentence(item: Item) -> str:
    """Returns an item in one sentence."""
    privileged = " (privileged)" if item.is_privileged else ""
    used = f"last used {item.last_used:%Y-%m-%d}" if item.last_used else "last use not known"
    ends = f"until {item.expires}" if item.expires else "without an end"
    staged = f"; you staged {_staged(item)}" if item.staged else ""
    stood = (
        ", which nobody had granted," if item.was_only_found
        else ", which its source does not show," if item.was_missing else ""
    )  # fmt: skip
    owner = f"{item.owner}'s" if item.owner else "nobody's"
    return (
        f"{item.label} {item.standing}: {item.principal} has {item.entitlement}{privileged} on {item.on}{stood} {ends}, {used}, {owner}"
        f"{staged}"
    )


def _staged(item: Item) -> str:
    """Returns what is staged, with its day and its reason: `change until 2026-12-31: he leaves then`."""
    until = f" until {item.staged_until}" if item.staged_until else ""
    return f"{item.staged}{until}{f': {item.staged_why}' if item.staged_why else ''}"


def as_data(review: Review, stands: Progress) -> dict[str, Any]:
    """Returns a review as JSON holds it."""
    return {
        "id": review.label, "version": review.version, "state": review.state, "standing": review.standing, "name": review.name, "owner": review.owner,
        "occasion": review.occasion, "scheduled": review.scheduled, "plan": review.plan, "scope": review.plan.scope.in_words,
        "stage": review.stage, "due_at": review.due_at, "next_at": review.next_at, "drawn_at": review.drawn_at,
        "items": review.items, "privileged": review.privileged, "digest": review.digest, "decided_at": review.decided_at,
        "signed_at": review.signed_at, "signed_by": review.signed_by, "outcome": review.outcome,
        "progress": stands._asdict(),
    }  # fmt: skip


def item_data(item: Item) -> dict[str, Any]:
    """Returns an item as JSON holds it."""
    return {
        "id": item.label, "review": f"RV-{item.review}", "grant": f"G-{item.grant}", "state": item.state,
        "standing": item.standing, "outcome": item.outcome, "silence": item.silence, "source": item.source,
        "principal": item.principal, "person": item.person, "entitlement": item.entitlement, "on": item.on,
        "is_privileged": item.is_privileged, "owner": item.owner, "reason": item.reason, "granted_by": item.granter,
        "stood": item.stood, "since": item.since, "expires": item.expires, "last_used": item.last_used, "said": item.mine,
        "staged": item.staged, "staged_why": item.staged_why, "staged_until": item.staged_until, "trouble": item.trouble, "training": item.training, "ordered_at": item.ordered_at,
        "done_at": item.done_at,
    }  # fmt: skip
