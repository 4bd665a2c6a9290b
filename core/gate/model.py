"""What may be done, in which mode, and how surely it must be meant.

One table of every verb. Screens, command line and tests all come through `core.gate.commands.admit`,
the first line of every command; which keys are bound where decides nothing.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from core.errors import BadInput
from core.pulse import AHEAD_S

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

OPERATE_S = 15 * 60
"""How long OPERATE lasts once unlocked."""
UNDO_S = 60
"""How long a change can be taken back."""
MANY = 10
"""More subjects than this at once raise the level by one."""


class Mode(StrEnum):
    """WATCH looks and works the queues; OPERATE may also act on the service system."""

    WATCH = "watch"
    OPERATE = "operate"


class Level(IntEnum):
    """How surely a doing must be meant."""

    READ = 0
    UNDOABLE = 1  # acts at once, can be taken back
    BOX = 2  # asked once, Cancel first
    NAME = 3  # the subject's name typed, and a reason
    SECOND = 4  # and a second person


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing that can be done: its full name, its level, and whether it needs OPERATE."""

    id: str
    level: Level
    operate: bool = False
    undoable: bool = False
    words: str = ""  # the doing as people say it: `closing an incident`


VERBS = {
    verb.id: verb
    for verb in (
        Verb("operate.unlock", Level.BOX, words="unlocking OPERATE"),
        Verb("operate.lock", Level.UNDOABLE, words="going back to WATCH"),
        Verb("incident.acknowledge", Level.UNDOABLE, undoable=True, words="acknowledging an incident"),
        Verb("incident.take", Level.UNDOABLE, undoable=True, words="taking an incident"),
        Verb("incident.start", Level.UNDOABLE, undoable=True, words="beginning work on an incident"),
        Verb("incident.severity", Level.UNDOABLE, undoable=True, words="setting an incident's severity"),
        Verb("incident.note", Level.UNDOABLE, undoable=True, words="writing on an incident's time line"),
        Verb("incident.attach", Level.UNDOABLE, undoable=True, words="attaching to an incident what one did"),
        Verb("incident.tell", Level.UNDOABLE, words="telling how an incident stands"),
        Verb("incident.open", Level.BOX, words="opening an incident"),
        Verb("incident.resolve", Level.BOX, words="resolving an incident"),
        Verb("incident.close", Level.BOX, words="closing an incident"),
        Verb("incident.reopen", Level.BOX, words="reopening an incident"),
        Verb(
            "incident.problem",
            Level.UNDOABLE,
            undoable=True,
            words="saying which problem an incident comes from",
        ),
        Verb("incident.declare", Level.BOX, undoable=True, words="declaring a major incident"),
        Verb(
            "incident.command",
            Level.UNDOABLE,
            undoable=True,
            words="saying who does what in a major incident",
        ),
        Verb("incident.stand_down", Level.BOX, undoable=True, words="standing a major incident down"),
        Verb("incident.review", Level.BOX, words="closing the review of a major incident"),
        Verb("incident.waive_review", Level.BOX, words="waiving the review of a major incident"),
        Verb("problem.open", Level.UNDOABLE, undoable=True, words="opening a problem"),
        Verb("problem.revise", Level.UNDOABLE, undoable=True, words="writing a problem"),
        Verb("problem.note", Level.UNDOABLE, undoable=True, words="writing on a problem's time line"),
        Verb("problem.known", Level.UNDOABLE, undoable=True, words="making a problem a known error"),
        Verb("problem.solve", Level.BOX, words="solving a problem"),
        Verb("problem.close", Level.BOX, words="closing a problem"),
        Verb("problem.reopen", Level.BOX, words="reopening a problem"),
        Verb("incident.escalate", Level.BOX, words="escalating an incident"),
        Verb("request.escalate", Level.BOX, words="escalating a request"),
        Verb("override.make", Level.BOX, words="putting somebody else on call"),
        Verb("override.end", Level.BOX, words="ending an override of a rota"),
        Verb("request.new", Level.BOX, words="recording a request"),
        Verb("request.acknowledge", Level.UNDOABLE, undoable=True, words="acknowledging a request"),
        Verb("request.take", Level.UNDOABLE, undoable=True, words="taking a request"),
        Verb("request.assign", Level.UNDOABLE, undoable=True, words="giving a request to somebody"),
        Verb("request.start", Level.UNDOABLE, undoable=True, words="beginning work on a request"),
        Verb("request.grade", Level.UNDOABLE, undoable=True, words="setting a request's priority"),
        Verb("request.note", Level.UNDOABLE, undoable=True, words="writing on a request's time line"),
        Verb("request.tell", Level.UNDOABLE, words="telling a requester how it stands"),
        Verb("request.said", Level.UNDOABLE, words="recording what a requester said"),
        Verb("request.wait", Level.UNDOABLE, undoable=True, words="having a request wait"),
        Verb("request.macro", Level.BOX, undoable=True, words="applying a macro to a request"),
        Verb("request.deliver", Level.BOX, words="delivering a request"),
        Verb("request.close", Level.BOX, words="closing a request"),
        Verb("request.cancel", Level.BOX, words="cancelling a request"),
        Verb("request.refuse", Level.BOX, words="refusing a request"),
        Verb("request.admit", Level.BOX, words="letting a held request in"),
        Verb("request.reopen", Level.BOX, words="reopening a request"),
        Verb("request.survey", Level.UNDOABLE, words="taking down how satisfied a requester is"),
        Verb("request.link", Level.UNDOABLE, undoable=True, words="linking a request"),
        Verb("request.unlink", Level.UNDOABLE, undoable=True, words="taking a request's link away"),
        Verb("incident.link", Level.UNDOABLE, undoable=True, words="linking an incident"),
        Verb("incident.unlink", Level.UNDOABLE, undoable=True, words="taking an incident's link away"),
        Verb("request.merge", Level.BOX, words="merging a request into another"),
        Verb("request.unmerge", Level.BOX, words="taking a request out of another again"),
        Verb("request.split", Level.BOX, words="splitting a request"),
        Verb("request.hand_over", Level.UNDOABLE, undoable=True, words="handing a request over"),
        Verb("request.watch", Level.UNDOABLE, undoable=True, words="watching a request"),
        Verb("request.snooze", Level.UNDOABLE, undoable=True, words="snoozing a request"),
        Verb("request.wake", Level.UNDOABLE, undoable=True, words="waking a request"),
        Verb("request.approve", Level.BOX, words="approving a request"),
        Verb("request.decline", Level.BOX, words="declining a request"),
        Verb("request.change", Level.BOX, words="changing what a request asks for"),
        Verb(
            "request.check", Level.UNDOABLE, undoable=True, words="putting something on a request's checklist"
        ),
        Verb("request.tick", Level.UNDOABLE, undoable=True, words="ticking off a request's checklist"),
        Verb("message.retry", Level.BOX, words="having a message sent again"),
        Verb("message.drop", Level.BOX, words="having a message not sent"),
        Verb("handover.begin", Level.BOX, words="handing over to the next shift"),
        Verb("handover.add", Level.UNDOABLE, words="adding a line to a handover"),
        Verb("handover.accept", Level.UNDOABLE, words="accepting a line of a handover"),
        Verb("handover.withdraw", Level.BOX, words="withdrawing a handover"),
        Verb("action.draft", Level.UNDOABLE, undoable=True, words="drafting a corrective action"),
        Verb("action.revise", Level.UNDOABLE, undoable=True, words="writing a corrective action"),
        Verb("action.approve", Level.BOX, words="approving a corrective action"),
        Verb("action.close", Level.BOX, words="closing a corrective action"),
        Verb("action.refute", Level.BOX, words="saying that a corrective action does not work"),
        Verb("action.cancel", Level.BOX, words="cancelling a corrective action"),
        Verb("action.reopen", Level.BOX, words="reopening a corrective action"),
        Verb("training.record", Level.UNDOABLE, words="recording training"),
        Verb("training.withdraw", Level.BOX, words="withdrawing a record of training"),
        Verb("training.import", Level.UNDOABLE, words="importing a list of training"),
        Verb("finding.import", Level.UNDOABLE, words="importing a report of vulnerabilities"),
        Verb("finding.confirm", Level.UNDOABLE, undoable=True, words="confirming a finding"),
        Verb("finding.start", Level.UNDOABLE, undoable=True, words="beginning to correct a finding"),
        Verb("finding.correct", Level.UNDOABLE, undoable=True, words="saying that a finding is corrected"),
        Verb("finding.assign", Level.UNDOABLE, undoable=True, words="giving a finding to somebody"),
        Verb("finding.grade", Level.UNDOABLE, undoable=True, words="setting a finding's severity"),
        Verb("finding.note", Level.UNDOABLE, undoable=True, words="writing on a finding's time line"),
        Verb("finding.verify", Level.BOX, words="verifying a finding"),
        Verb("finding.accept", Level.BOX, words="accepting a finding's risk"),
        Verb("finding.not_affected", Level.BOX, words="ruling a finding out"),
        Verb("finding.reopen", Level.BOX, words="reopening a finding"),
        Verb("review.draft", Level.UNDOABLE, words="drafting a review of access"),
        Verb("review.open", Level.BOX, words="opening a review of access"),
        Verb("review.decide", Level.UNDOABLE, words="staging decisions of a review"),
        Verb("review.write_out", Level.BOX, words="writing out the decisions of a review"),
        Verb("review.remind", Level.UNDOABLE, words="reminding the reviewers"),
        Verb("review.escalate", Level.BOX, words="escalating what nobody has decided"),
        Verb("review.close_stage", Level.BOX, words="closing a stage of a review"),
        Verb("review.carry_out", Level.BOX, words="carrying out what a review decided"),
        Verb("review.settle", Level.BOX, words="settling a decision of a review"),
        Verb("review.sign", Level.BOX, words="signing a review off"),
        Verb("review.cancel", Level.BOX, words="cancelling a review"),
        Verb("access.ask", Level.UNDOABLE, words="asking for access"),
        Verb("access.withdraw", Level.UNDOABLE, words="withdrawing a request for access"),
        Verb("access.approve", Level.BOX, words="approving a request for access"),
        Verb("access.decline", Level.BOX, words="declining a request for access"),
        Verb("access.end", Level.BOX, words="ending access before its time"),
        Verb("signal.acknowledge", Level.UNDOABLE, undoable=True, words="acknowledging a signal"),
        Verb("signal.suppress", Level.BOX, words="suppressing a signal"),
        Verb("signal.incident", Level.BOX, words="making an incident of a signal"),
        Verb("suppression.end", Level.BOX, words="ending a suppression"),
        Verb("grant.import", Level.UNDOABLE, words="reading grants from a source"),
        Verb("grant.list", Level.BOX, words="taking in a list of what is granted"),
        Verb("grant.accept", Level.BOX, words="accepting a grant"),
        Verb("grant.end", Level.BOX, words="ending a grant"),
        Verb("grant.ignore", Level.BOX, words="leaving a difference of grants alone"),
        Verb("grant.assign", Level.UNDOABLE, undoable=True, words="giving a grant to an owner"),
        Verb("grant.note", Level.UNDOABLE, undoable=True, words="writing on a grant's time line"),
        Verb("run.begin", Level.BOX, operate=True, words="running a procedure"),
        Verb("run.stop_component", Level.NAME, operate=True, words="stopping a component"),
        Verb("run.hold", Level.UNDOABLE, words="holding a run"),
        Verb("run.resume", Level.UNDOABLE, operate=True, words="going on with a run"),
        Verb("run.cancel", Level.BOX, words="cancelling a run"),
        Verb("run.tick", Level.UNDOABLE, operate=True, words="ticking a step off"),
        Verb("run.skip", Level.BOX, operate=True, words="skipping a step"),
        Verb("component.check", Level.READ, words="having a component looked at now"),
        Verb("component.release", Level.BOX, operate=True, words="releasing a component"),
        Verb("window.plan", Level.BOX, words="planning a maintenance window"),
        Verb("window.plan_long", Level.BOX, words="planning a long or recurring window"),
        Verb("window.change", Level.BOX, words="changing a maintenance window"),
        Verb("window.end", Level.BOX, words="ending a maintenance window"),
        Verb("window.skip", Level.BOX, words="leaving out one time of a maintenance window"),
        Verb("window.cancel", Level.BOX, words="cancelling a maintenance window"),
        Verb("threshold.revise", Level.UNDOABLE, undoable=True, words="revising a threshold"),
        Verb(
            "threshold.widen",
            Level.UNDOABLE,
            undoable=True,
            words="widening a threshold for long, or a grave one",
        ),
        Verb("threshold.end", Level.UNDOABLE, undoable=True, words="ending a threshold's revision"),
        Verb("redact", Level.NAME, words="taking a text out for good"),
        Verb("undo", Level.UNDOABLE, words="taking back one's own last change"),
    )
}


@dataclass(frozen=True, slots=True)
class Consent:
    """What the person did to mean it: the level of the box they went through, the name typed, the reason given."""

    level: Level = Level.UNDOABLE
    typed: str = ""
    reason: str = ""


AT_ONCE = Consent()


@dataclass(frozen=True, slots=True)
class Operating:
    """OPERATE, unlocked at one seat by one person until an instant."""

    seat: str
    actor: str
    reason: str
    since: datetime
    until: datetime

    def left_s(self, now: datetime) -> float:
        """Returns how many seconds of it are left; 0 when it is over.

        It is over, too, where it began in the future: by a clock that was set back since it would last too long.
        """
        if (self.since - now).total_seconds() > AHEAD_S:
            return 0.0
        return max((self.until - now).total_seconds(), 0.0)


def needed_level(verb: Verb, subjects: int) -> Level:
    """Returns the level that `verb` asks for over that many subjects: one more above MANY, at most NAME."""
    if subjects > MANY and verb.level >= Level.UNDOABLE:
        return Level(min(verb.level + 1, max(verb.level, Level.NAME)))
    return verb.level


def name_to_type(names: Sequence[str]) -> str:
    """Returns what a NAME box asks to be typed: the one subject's name, or their count."""
    return names[0] if len(names) == 1 else f"{len(names)} subjects"


def check_consent(verb: Verb, names: Sequence[str], consent: Consent) -> None:
    """Raises BadInput when `consent` is less than `verb` over `names` asks for."""
    level = needed_level(verb, len(names))
    if level >= Level.BOX and consent.level < level:
        raise BadInput(
            f"{verb.words or verb.id} asks to be confirmed"
            + (" by typing the name" if level >= Level.NAME else ""),
            next_step=(
                f"On the command line: --confirm {shlex.quote(name_to_type(names))} --reason TEXT"
                if level >= Level.NAME
                else "On the command line: --yes"
            ),
        )
    if level >= Level.NAME:
        wanted = name_to_type(names)
        if consent.typed != wanted:
            raise BadInput(f"the name typed is not {wanted!r}", next_step="Nothing was done. Type it exactly")
        if not consent.reason.strip():
            raise BadInput("a reason is asked for", next_step="Nothing was done. Say why in one sentence")
