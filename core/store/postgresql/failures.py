"""PostgreSQL's errors in words for the person at the keyboard."""

from __future__ import annotations

import re
from dataclasses import dataclass

from psycopg import Error, OperationalError, errors

from core.errors import (
    BadInput,
    NotPermitted,
    StoreAway,
    StoreBusy,
    StoreRefused,
    StoreUnavailable,
    TurnedAway,
    WatchfloorError,
)
from core.printable import printable

_NOTHING_CHANGED = "Nothing was changed"
AGAIN = (errors.SerializationFailure, errors.DeadlockDetected, errors.UniqueViolation)
"""What another transaction did at the same moment stood in the way: the same command may simply be done again."""
UPGRADED = (
    errors.UndefinedTable, errors.UndefinedColumn, errors.UndefinedFunction, errors.FeatureNotSupported,
    errors.NotNullViolation, errors.CheckViolation, errors.ObjectNotInPrerequisiteState,
)  # fmt: skip
"""What a program meets that an upgrade made too old."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What errors of some kinds mean for people.

    While connecting the driver's library passes on words only, without a code: `words` is looked for in those.
    `{said}` in `what` is the server's own line; `is_ours`: it says by itself of what it speaks, no place is named.
    """

    error: type[WatchfloorError]
    what: str
    next_step: str
    of: tuple[type[Error], ...] = ()
    words: str = ""
    is_ours: bool = False

    def fits(self, error: Error, said: str) -> bool:
        """Tells whether an error is of this kind."""
        if isinstance(error, self.of):
            return True
        return bool(self.words) and error.sqlstate is None and re.search(self.words, said) is not None


_FAULTS = (
    Fault(
        NotPermitted, "{said}", f"{_NOTHING_CHANGED}. `watchfloor rights` tells who may do what",
        of=(errors.InsufficientPrivilege,), is_ours=True,
    ),
    Fault(
        StoreBusy, "is held by another transaction",
        f"{_NOTHING_CHANGED}. Do it again; pg_stat_activity on the server tells who holds it",
        of=(errors.LockNotAvailable, errors.QueryCanceled, *AGAIN),
    ),
    Fault(
        StoreBusy, "the server's disk is full", f"{_NOTHING_CHANGED}. Make room on that disk, then do it again",
        of=(errors.DiskFull,),
    ),
    Fault(
        StoreUnavailable, "the server takes no writes now: it is a standby, or set to read-only",
        f"{_NOTHING_CHANGED}. Connect to the primary",
        of=(errors.ReadOnlySqlTransaction,),
    ),
    Fault(
        StoreRefused, "{said}", "Check the database's name in the address",
        of=(errors.InvalidCatalogName,), words=r'database ".*" does not exist',
    ),
    Fault(
        TurnedAway, "the server does not let you in: {said}", "An admin lets people in: `watchfloor staff resume LOGIN`",
        words="is not permitted to log in",
    ),
    Fault(
        TurnedAway, "the server does not let you in: {said}",
        "Check the user and the password; `watchfloor connect URL` keeps another one",
        of=(errors.InvalidPassword, errors.InvalidAuthorizationSpecification),
        words=r'password authentication failed|Peer authentication failed|no pg_hba\.conf entry|role ".*" does not exist',
    ),
    Fault(
        StoreRefused, "is not prepared for this program: {said}",
        "Its owner runs `watchfloor admin create`, or `watchfloor admin upgrade`",
        of=(errors.UndefinedTable, errors.InvalidSchemaName),
    ),
    Fault(
        StoreUnavailable, "{said}", f"{_NOTHING_CHANGED}. Wait for it", of=(errors.ObjectNotInPrerequisiteState,)
    ),
    Fault(
        BadInput, "the database cannot keep that text: {said}", _NOTHING_CHANGED, of=(errors.DataError,), is_ours=True
    ),
    Fault(
        StoreUnavailable, "the server's certificate is not believed: {said}",
        "Name the authority that signed it: sslrootcert=FILE in the URL",
        words="certificate verify failed|root certificate",
    ),
    Fault(
        StoreUnavailable, "{said}",
        "Have the server offer TLS; sslmode=disable goes without, and everybody on the way can read along",
        words="does not support SSL",
    ),
    Fault(
        StoreUnavailable, "{said}",
        "It wants the password in the clear over a line that is not encrypted: add ?sslmode=verify-full",
        words="cleartext password|require_auth",
    ),
    Fault(
        BadInput, "{said}", "Nothing was done. Write it otherwise in the URL",
        words=r"invalid (\w+ value|port number)|invalid connection option",
    ),
)  # fmt: skip
"""In this order: the first that fits is told."""


def is_lost(error: BaseException) -> bool:
    """Tells whether an error means that the connection is gone, so that what was under way has an unknown end."""
    if isinstance(error, (errors.AdminShutdown, errors.CrashShutdown, errors.CannotConnectNow)):
        return True
    return isinstance(error, OperationalError) and error.sqlstate is None


def is_about_rights(error: Error) -> bool:
    """Tells whether the server's own words for an error hide that a role is missing: what may not be seen is not found."""
    if isinstance(error, errors.InsufficientPrivilege):
        return (error.diag.message_primary or "").startswith("permission denied")
    return isinstance(error, (errors.UndefinedTable, errors.UndefinedFunction, errors.InvalidSchemaName))


def explained(error: Error, where: str, holder: tuple[str, int] | None = None) -> WatchfloorError:
    """Returns the error that says what `error` means for the database at `where`.

    `holder` names who is known to hold what was waited for, and the number of their session.
    """
    said = printable(_said(error), 300)
    if holder is not None:
        who, session = printable(holder[0], 80), holder[1]
        return StoreBusy(
            f"is held by another transaction, of {who} (session {session})", where=where,
            next_step=f"{_NOTHING_CHANGED}. Do it again; where it stays so, ask {who} to end it, "
            f"or the server's administrator: SELECT pg_terminate_backend({session})",
        )  # fmt: skip
    fault = next((each for each in _FAULTS if each.fits(error, said)), None)
    if fault is not None:
        at = "" if fault.is_ours else where
        return fault.error(fault.what.format(said=said), where=at, next_step=fault.next_step)
    if is_lost(error):
        return StoreAway(
            f"the server cannot be reached: {said}", where=where,
            next_step=f"{_NOTHING_CHANGED}. Do it again once the server answers",
        )  # fmt: skip
    return StoreUnavailable(f"the database says: {said}", where=where, next_step=_NOTHING_CHANGED)


def _said(error: Error) -> str:
    """Returns the server's own first line; the driver's where the server said nothing."""
    if error.diag.message_primary:
        return error.diag.message_primary
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    line = next((line for line in lines if "failed:" in line), lines[0] if lines else type(error).__name__)
    return line.rsplit("failed: ", 1)[-1].removeprefix("connection is bad: ").removeprefix("FATAL:").strip()
