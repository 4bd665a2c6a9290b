"""What can be done with access reviews and requests for access: one line each, as in `screens.actions`."""

from __future__ import annotations

from screens.registry import Action

REVIEWS, REVIEW, ACCESS_REQUESTS = "reviews", "review", "access-requests"
_IN_REVIEW = frozenset({REVIEW})
_WITH_REVIEWS = frozenset({REVIEWS})
_WITH_BOTH = frozenset({REVIEWS, REVIEW})
_WITH_ASKED = frozenset({ACCESS_REQUESTS})

TO_REVIEWS: tuple[Action, ...] = (
    Action(
        "go.reviews",
        (),
        "Reviews",
        "access reviews: what waits for your decision",
        handler="go_to",
        argument=REVIEWS,
    ),
    Action(
        "go.access_requests",
        (),
        "Access requests",
        "who asks for access, and until when it holds",
        handler="go_to",
        argument=ACCESS_REQUESTS,
    ),
)
OF_REVIEWS: tuple[Action, ...] = (
    # Deciding
    Action(
        "review.keep", ("a",), "keep", "stage keep, and go on to the next", _IN_REVIEW, "review.decide", 10
    ),
    Action(
        "review.revoke", ("V",), "revoke", "stage revoke, with the reason", _IN_REVIEW, "review.decide", 11
    ),
    Action(
        "review.change",
        ("C",),
        "change",
        "stage a change: until when, or what is to be different",
        _IN_REVIEW,
        "review.decide",
        12,
    ),
    Action(
        "review.undecided",
        ("Q",),
        "cannot tell",
        "stage that you looked and cannot tell, with why",
        _IN_REVIEW,
        "review.decide",
        13,
    ),
    Action(
        "review.unstage",
        ("K",),
        "take back",
        "take what you staged back: of the marked, else of the row",
        _IN_REVIEW,
        "review.decide",
        14,
    ),
    Action(
        "review.write_out",
        ("W",),
        "write out",
        "look at all you staged, and say it",
        _IN_REVIEW,
        "review.write_out",
        15,
    ),
    Action(
        "review.settle",
        ("R",),
        "settle",
        "say that what was to be done by hand, or could not be done, is done",
        _IN_REVIEW,
        "review.settle",
    ),
    Action(
        "review.evidence",
        ("x",),
        "evidence",
        "write its evidence into one file: what was asked, who said what, what came of it",
        _WITH_BOTH,
        rank=17,
    ),
    Action(
        "action.from_review",
        ("D",),
        "corrective action",
        "draft one from this review",
        _WITH_BOTH,
        "action.draft",
        handler="action_draft",
    ),
    # Leading
    Action("review.draft", ("n",), "new", "draft a review", _WITH_REVIEWS, "review.draft", 10),
    Action(
        "review.open",
        ("B",),
        "begin",
        "freeze its grants, and ask the reviewers",
        _WITH_REVIEWS,
        "review.open",
        11,
    ),
    Action(
        "review.remind", ("r",), "remind", "remind who has not decided", _WITH_REVIEWS, "review.remind", 12
    ),
    Action(
        "review.escalate",
        ("E",),
        "escalate",
        "ask the leads, too, about what nobody decided",
        _WITH_REVIEWS,
        "review.escalate",
        13,
    ),
    Action(
        "review.close_stage",
        ("S",),
        "close stage",
        "end the stage before its time, with the reason",
        _WITH_REVIEWS,
        "review.close_stage",
        14,
    ),
    Action(
        "review.carry_out",
        ("C",),
        "carry out",
        "carry out what was decided",
        _WITH_REVIEWS,
        "review.carry_out",
        15,
    ),
    Action("review.sign", ("R",), "sign off", "say what it showed", _WITH_REVIEWS, "review.sign", 16),
    Action(
        "review.cancel", ("K",), "cancel", "end it undone, with the reason", _WITH_REVIEWS, "review.cancel"
    ),
    # Requests for access
    Action("access.ask", ("n",), "ask", "ask for access, with why", _WITH_ASKED, "access.ask", 10),
    Action(
        "access.approve",
        ("V",),
        "approve",
        "grant it until its last day",
        _WITH_ASKED,
        "access.approve",
        11,
    ),
    Action(
        "access.decline",
        ("D",),
        "decline",
        "decline it, with the reason",
        _WITH_ASKED,
        "access.decline",
        12,
    ),
    Action(
        "access.withdraw",
        ("K",),
        "withdraw",
        "take back what you asked for",
        _WITH_ASKED,
        "access.withdraw",
        13,
    ),
    Action(
        "access.end",
        ("B",),
        "end",
        "end it before its last day, with the reason",
        _WITH_ASKED,
        "access.end",
        14,
    ),
)
