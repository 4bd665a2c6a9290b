"""`watchfloor access review`: draft reviews, decide what they ask, lead them, and take their evidence out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.cli.access_review_words import print_items, print_review, print_reviews, print_staged
from console.cli.printing import consent_of, person, who
from console.cli.words import day_ahead, number_of, refuse_unused, whole, whole_days
from core.catalog.nearest import did_you_mean, listed
from core.counting import counted
from core.errors import BadInput
from core.printable import printable
from core.security.reviews import carrying_out, deciding, opening, stepping
from core.security.reviews.evidence import as_zip, evidence_of
from core.security.reviews.evidence_file import write_evidence
from core.security.reviews.model import Decision, OutcomeRule
from core.security.reviews.own import own_words
from core.security.reviews.pages import PAGES, VIEWS, Wanted
from core.security.reviews.plans import By, Plan, Scope, Stage
from core.security.reviews.queries import one_item, one_review, reviews, staged_of
from core.timekeeping import utc_now

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from core.gate.model import Consent
    from core.store.store import Store

DECISIONS = {
    str(each): each for each in (Decision.KEEP, Decision.CHANGE, Decision.REVOKE, Decision.UNDECIDED)
}
LEADS = ("open", "remind", "escalate", "close-stage", "carry-out", "settle", "sign", "cancel")
VERBS = ("items", *DECISIONS, "unstage", "staged", "write-out", *LEADS, "evidence")
SCOPE = (
    "source",
    "on",
    "person",
    "entitlement",
    "owned_by",
    "privileged",
    "unused",
    "ending",
    "unreviewed",
    "words",
)
WORDS = (
    "stage", "last", "zone", "every", "opens", "suspends", "despite_open", "out", *SCOPE[1:],
)  # fmt: skip
"""What this adds to `watchfloor access`."""
_MEANT = ("yes", "confirm", "reason")
TAKES: dict[str, tuple[str, ...]] = {
    "": ("all",), "draft": ("stage", "last", "zone", "every", "opens", "suspends", "owner", *SCOPE), "items": (), "staged": (), "unstage": (),
    **dict.fromkeys(DECISIONS, ("text",)), **dict.fromkeys(("keep", "change"), ("text", "until")), "remind": (), "evidence": ("out",),
    "write-out": _MEANT, **dict.fromkeys(("open", "escalate", "carry-out"), ("seen", *_MEANT)), "settle": ("text", *_MEANT),
    **dict.fromkeys(("close-stage", "cancel"), ("text", "seen", *_MEANT)), "sign": ("text", "despite_open", "seen", *_MEANT),
}  # fmt: skip
_LEADS: dict[str, tuple[Callable[..., Any], bool]] = {
    "open": (opening.open_review, False), "escalate": (stepping.escalate_review, False), "cancel": (opening.cancel_review, True),
    "close-stage": (stepping.close_stage, True), "sign": (opening.sign_review, True),
}  # fmt: skip
"""What leads do to a whole review, and whether it asks for a text."""
USAGE = (
    "review [--all], review draft NAME, review RV-7 [items [VIEW] [WORDS], keep | change | revoke | undecided RI-5 ..., "
    "unstage [RI-5 ...], staged, write-out, open, remind, escalate, close-stage, carry-out, settle RI-5, sign, cancel, evidence]"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what reviews take beside what `access` takes already."""
    parser.add_argument(
        "--stage", action="append", default=[], metavar="STAGE",
        help="with review draft, once for each stage: owner, lead, keeper, or named=ana+ben; then :DAYS and :RULE, "
        f"one of {', '.join(OutcomeRule)}",
    )  # fmt: skip
    parser.add_argument(
        "--last", action="append", default=[], metavar="WHO", help="who decides what nobody else did"
    )
    parser.add_argument(
        "--suspends", choices=("lead", "agent"), default="",
        help="who suspends what is privileged and nobody decided: a lead who carries it out (lead), or the agent at once",
    )  # fmt: skip
    parser.add_argument("--zone", default="", help="the time zone in which days end (UTC)")
    parser.add_argument("--every", type=whole, default=0, metavar="MONTHS", help="it comes again")
    parser.add_argument("--opens", default="", metavar="DAY", help="the day on which it opens by itself")
    parser.add_argument(
        "--on",
        action="append",
        default=[],
        metavar="WHAT",
        help="what the right is on: service:ID, component:ID, host:NAME",
    )
    parser.add_argument("--person", action="append", default=[], metavar="WHO", help="whose rights")
    parser.add_argument(
        "--entitlement", action="append", default=[], metavar="NAME", help="which entitlement"
    )
    parser.add_argument(
        "--owned-by", action="append", default=[], metavar="WHO", help="who answers for the grant"
    )
    parser.add_argument("--privileged", action="store_true", help="privileged rights only")
    parser.add_argument("--unused", type=whole_days, default=0, metavar="DAYS", help="not used for so long")
    parser.add_argument(
        "--ending", type=whole_days, default=0, metavar="DAYS", help="that end within so many days"
    )
    parser.add_argument(
        "--unreviewed", type=whole_days, default=0, metavar="DAYS", help="that no review decided for so long"
    )
    parser.add_argument("--words", default="", help="words that must be there; one with ! in front must not")
    parser.add_argument("--despite-open", action="store_true", help="sign, though not all is gone yet")
    parser.add_argument(
        "--out", type=Path, default=None, metavar="FILE", help="with evidence: where to (RV-7.zip)"
    )


def run(store: Store, options: argparse.Namespace, words: tuple[str, ...]) -> int:
    """Prints reviews, or does the verb; `words` are the options of `access`, of which few go with a verb."""
    first, *rest = options.names or [""]
    verb = first if first in {"", "draft"} else (rest[0] if rest else "show")
    if verb not in {"", "draft", "show", *VERBS}:
        raise BadInput(
            f"access review {first} was told to {printable(verb, 40)}",
            next_step=did_you_mean(verb, VERBS, f"It is one of: {listed(VERBS)}"),
        )
    refuse_unused(options, words, TAKES.get(verb, ()), f"access review {verb}".strip())
    if not verb:
        return print_reviews(options, store, store.read(reviews, ended=options.all, limit=options.limit))
    if verb == "draft":
        return _draft(store, options, " ".join(rest))
    number = number_of(first, "RV", "review")
    named = rest[1:]
    if verb in DECISIONS or verb == "unstage":
        return _decide(store, options, number, verb, named)
    if verb == "items":
        return _items(store, options, number, named)
    if verb in {"staged", "write-out"}:
        return _staged(store, options, number, verb)
    if verb == "evidence":
        return _evidence(store, options, number)
    if verb != "show":
        _lead(store, options, number, verb, named)
    return print_review(options, store, number)


def _draft(store: Store, options: argparse.Namespace, name: str) -> int:
    scope = Scope(
        options.words, (options.source,) if options.source else (), tuple(options.on), tuple(options.person),
        tuple(options.entitlement), tuple(options.owned_by), options.privileged, options.unused, options.ending,
        options.unreviewed,
    )  # fmt: skip
    stages = tuple(stage_of(text) for text in options.stage) or (Stage(By.OWNER),)
    plan = Plan(
        stages, tuple(options.last), scope, options.zone or "UTC", options.every,
        is_suspended_by_agent=options.suspends == "agent",
    )  # fmt: skip
    opens = (
        day_ahead(options.opens, utc_now().date(), "no day is named", "--opens") if options.opens else None
    )
    drafted = store.write(person(), opening.draft_review, name, plan, options.owner, opens)
    return print_review(options, store, drafted.id)


def stage_of(text: str) -> Stage:
    """Returns the stage written as `owner`, `lead:7` or `named=ana+ben:14:all must keep`. Raises BadInput."""
    who, *more = (part.strip() for part in text.split(":"))
    by, _, people = who.partition("=")
    if by not in set(By):
        raise BadInput(
            f"{printable(by, 40)!r} is no rule for reviewers", where="--stage",
            next_step=did_you_mean(by, list(By), f"It is one of: {listed(list(By))}"),
        )  # fmt: skip
    days, rules = [each for each in more if each.isdecimal()], [each for each in more if not each.isdecimal()]
    if len(days) > 1 or len(rules) > 1 or (rules and rules[0] not in set(OutcomeRule)):
        raise BadInput(
            f"{printable(text, 80)!r} is no stage", where="--stage",
            next_step=f"Write it as owner:14:{OutcomeRule.ONE_REVOKES}; rules: {listed(list(OutcomeRule))}",
        )  # fmt: skip
    named = tuple(each for each in people.split("+") if each)
    stage = Stage(By(by), named)
    return Stage(
        stage.by,
        named,
        int(days[0][:4]) if days else stage.days,
        OutcomeRule(rules[0]) if rules else stage.rule,
    )


def _items(store: Store, options: argparse.Namespace, number: int, words: list[str]) -> int:
    review = store.read(one_review, number)
    view = words.pop(0) if words and words[0] in VIEWS else "all"
    wanted = Wanted(number, who(store), view, " ".join(words))
    return print_items(options, review, store.read(PAGES.page, wanted, limit=options.limit))


def _decide(store: Store, options: argparse.Namespace, number: int, verb: str, words: list[str]) -> int:
    """Stages a decision about items, or takes what is staged back; prints what is staged then."""
    items = list(dict.fromkeys(number_of(word, "RI", "item") for word in words))
    if verb == "unstage":
        taken = store.write(person(), deciding.unstage, number, items)
        if not options.json:
            print(f"{counted(taken, 'decision')} taken back.")
        return print_staged(options, number, store.read(staged_of, number, who(store)))
    if not items:
        raise BadInput(f"access review RV-{number} {verb} was given no item", next_step="Write it as RI-5")
    until = (
        day_ahead(options.until, utc_now().date(), "no day is named")
        if verb in {"keep", "change"} and options.until
        else None
    )
    came = store.write(
        person(), deciding.stage_decisions, number, items, DECISIONS[verb], options.text, until
    )
    code = print_staged(options, number, store.read(staged_of, number, who(store)))
    for label, why in came.not_done if not options.json else ():
        print(f"not staged: {label}: {why}")
    return code if not came.not_done else 1


def _staged(store: Store, options: argparse.Namespace, number: int, verb: str) -> int:
    """Prints the whole of what is staged; with write-out it is said, once it is confirmed."""
    review, looked = store.read(one_review, number), store.read(staged_of, number, who(store))
    rows = store.read(PAGES.page, Wanted(number, who(store), "staged"), limit=options.limit)
    if not options.json:
        print_items(options, review, rows)
    if verb == "write-out":
        store.write(person(), deciding.write_out, number, looked.mark, consent_of(options))
        if not options.json:
            print(f"{counted(looked.total, 'decision')} written out.")
    return print_staged(options, number, store.read(staged_of, number, who(store)))


def _lead(store: Store, options: argparse.Namespace, number: int, verb: str, words: list[str]) -> None:
    consent = consent_of(options)
    if verb == "settle":
        if len(words) != 1:
            raise BadInput(
                f"{counted(len(words), 'item')} named", next_step="One at a time is settled, as RI-5"
            )
        item = number_of(words[0], "RI", "item")
        if store.read(one_item, item).review != number:
            raise BadInput(
                f"RI-{item} is not of RV-{number}", next_step="Name an item of this review, as RI-5"
            )
        store.write(person(), carrying_out.settle_item, item, options.text, consent)
        return
    if verb == "carry-out":
        _carry_out(store, options, number, consent)
        return
    if verb == "remind":
        told = store.write(person(), stepping.remind_reviewers, number)
        if not options.json:
            print(f"reminded: {', '.join(told) or 'nobody who can be reached'}")
        return
    command, asks = _LEADS[verb]
    args = (options.text, consent) if asks else (consent,)
    named = {"despite_open": options.despite_open} if verb == "sign" else {}
    store.write(person(), command, number, *args, options.seen, **named)


def _carry_out(store: Store, options: argparse.Namespace, number: int, consent: Consent) -> None:
    """Carries out all that is decided, part by part; each part is whole."""
    done = ordered = 0
    seen = store.read(one_review, number).version if options.seen is None else options.seen
    while True:
        came = store.write(person(), carrying_out.carry_out, number, consent, seen=seen)
        seen = came.version
        done, ordered = done + len(came.done), ordered + len(came.ordered)
        for label, why in came.refused if not options.json else ():
            print(f"could not be done: {label}: {printable(why, 300)}")
        if not came.left:
            break
    if not options.json:
        print(f"{done} done, {ordered} told to where grants are kept.")
        if came.own:
            print(f"left to another lead ({listed(came.others)}): {own_words(came.own)}")


def _evidence(store: Store, options: argparse.Namespace, number: int) -> int:
    """Writes the evidence into a new file, whole or not at all."""
    path = options.out or Path(f"RV-{number}.zip")
    write_evidence(path, as_zip(store.read(evidence_of, number)))
    print(path)
    return 0
