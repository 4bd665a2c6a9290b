"""The actions over requests, in the list that `screens.actions` is."""

from __future__ import annotations

from screens.registry import Action

QUEUE, REQUEST = "queue", "request"
HOME_QUEUE = "home-queue"
"""Home, while its pane of requests has the keys."""
MESSAGES = "messages"
_WITH_REQUEST = frozenset({QUEUE, REQUEST, HOME_QUEUE})

OF_REQUESTS: tuple[Action, ...] = (
    Action(
        "request.tell",
        ("r",),
        "reply",
        "answer its requester; a digit puts a reply in",
        _WITH_REQUEST,
        "request.tell",
        10,
    ),
    Action(
        "request.macro",
        ("o",),
        "macro…",
        "apply a macro of the catalog: a reply, a state, an owner, a priority in one",
        _WITH_REQUEST,
        "request.macro",
    ),
    Action("request.take", ("t",), "take", "make it yours", _WITH_REQUEST, "request.take", 11),
    Action(
        "request.acknowledge",
        ("a",),
        "ack",
        "say that you have seen it",
        _WITH_REQUEST,
        "request.acknowledge",
        12,
    ),
    Action(
        "request.grade",
        ("P",),
        "priority",
        "set its priority with one key, 1 worst to 4",
        _WITH_REQUEST,
        "request.grade",
        13,
    ),
    Action("request.assign", ("A",), "assign", "give it to somebody", _WITH_REQUEST, "request.assign", 14),
    Action(
        "request.note",
        ("l",),
        "log",
        "write an internal line on its time line; its requester never reads it",
        _WITH_REQUEST,
        "request.note",
        15,
    ),
    Action(
        "request.deliver",
        ("R",),
        "deliver",
        "deliver it, or close a delivered one",
        _WITH_REQUEST,
        "request.deliver",
        16,
    ),
    Action(
        "request.wait",
        ("W",),
        "wait",
        "have it wait: on the customer, a supplier, or until an instant",
        _WITH_REQUEST,
        "request.wait",
        17,
    ),
    Action(
        "request.next", ("N",), "next", "go to the next one that is nobody's", frozenset({QUEUE}), rank=18
    ),
    Action("request.new", ("n",), "new", "take a request down", _WITH_REQUEST, "request.new", 19),
    Action(
        "request.hand_over",
        ("T",),
        "hand over",
        "give it to somebody, with what they do next",
        _WITH_REQUEST,
        "request.hand_over",
    ),
    Action(
        "request.start",
        ("b",),
        "begin work",
        "say that work on it has begun, or goes on",
        _WITH_REQUEST,
        "request.start",
    ),
    Action(
        "request.said", ("S",), "said", "write down what its requester said", _WITH_REQUEST, "request.said"
    ),
    Action(
        "request.survey",
        ("Y",),
        "score",
        "write down how satisfied its requester is, as they said on the phone",
        frozenset({REQUEST}),
        "request.survey",
    ),
    Action(
        "message.retry",
        ("R",),
        "send again",
        "have it sent again; what is not known may then arrive twice",
        frozenset({MESSAGES}),
        "message.retry",
        11,
    ),
    Action(
        "message.drop",
        ("K",),
        "give up",
        "never send it, or not again, with the reason",
        frozenset({MESSAGES}),
        "message.drop",
        12,
    ),
    Action(
        "request.cancel", ("K",), "cancel", "end it undone, with the reason", _WITH_REQUEST, "request.cancel"
    ),
    Action(
        "request.reopen", ("J",), "reopen", "open it again, with the reason", _WITH_REQUEST, "request.reopen"
    ),
    Action(
        "request.escalate",
        ("E",),
        "escalate",
        "tell whoever is next now, with why",
        _WITH_REQUEST,
        "request.escalate",
    ),
    Action(
        "request.admit",
        (),
        "let in",
        "let in what is held for a lead's decision",
        _WITH_REQUEST,
        "request.admit",
    ),
    Action(
        "request.refuse",
        (),
        "refuse",
        "refuse what the agreement does not cover",
        _WITH_REQUEST,
        "request.refuse",
    ),
    Action(
        "request.due", ("d",), "due", "how each of its due instants comes about, part by part", _WITH_REQUEST
    ),
    Action(
        "request.watch",
        ("w",),
        "watch",
        "be told of what happens to it, or no longer",
        _WITH_REQUEST,
        "request.watch",
    ),
    Action(
        "request.snooze",
        ("Z",),
        "snooze",
        "put it out of sight until an instant, or bring it back",
        _WITH_REQUEST,
        "request.snooze",
    ),
    Action(
        "request.merge",
        ("M",),
        "merge",
        "have another go on for it, or take it out of that again",
        _WITH_REQUEST,
        "request.merge",
    ),
    Action(
        "request.link",
        ("L",),
        "link",
        "say what it is to another item, or is no longer",
        _WITH_REQUEST,
        "request.link",
    ),
    Action(
        "request.split",
        ("D",),
        "split",
        "make a request of its own of a part of it",
        _WITH_REQUEST,
        "request.split",
    ),
    Action(
        "request.decide",
        ("V",),
        "decide",
        "approve or decline what awaits an approval",
        _WITH_REQUEST,
        "request.approve",
    ),
    Action("request.change", ("C",), "change", "change what is asked for", _WITH_REQUEST, "request.change"),
    Action(
        "request.run",
        ("X",),
        "procedure",
        "begin a procedure that its type names, or go to one begun for it",
        _WITH_REQUEST,
        "run.begin",
        20,
    ),
    Action(
        "request.checks",
        ("x",),
        "tick off",
        "tick off lines of its checklist, and add some",
        _WITH_REQUEST,
        "request.tick",
    ),
    Action(
        "queue.detail",
        ("i",),
        "details",
        "show the details of the row, or give their room to the list",
        frozenset({QUEUE}),
    ),
)
