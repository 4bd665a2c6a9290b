"""PostgreSQL's errors in words for the person at the keyboard."""

from __future__ import annotations

from psycopg import Error, OperationalError, errors

from core.errors import (
    BadInput,
    NotPermitted,
    StoreAway,
    StoreBusy,
    StoreRefused,
    StoreUnavailable,
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

_TURNED_AWAY = (errors.InvalidPassword, errors.InvalidAuthorizationSpecification)
_TURNED_AWAY_WORDS = ("password authentication failed", "Peer authentication failed", "no pg_hba.conf entry")
"""While connecting the driver's library passes on words only; a server that speaks another language is tried again."""


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


def explained(error: Error, where: str) -> WatchfloorError:
    """Returns the error that says what `error` means for the database at `where`."""
    said = printable(_said(error), 300)
    if isinstance(error, errors.InsufficientPrivilege):
        return NotPermitted(said, next_step=f"{_NOTHING_CHANGED}. `watchfloor rights` tells who may do what")
    if isinstance(error, (errors.LockNotAvailable, errors.QueryCanceled, *AGAIN)):
        return StoreBusy(
            "is held by another transaction", where=where,
            next_step=f"{_NOTHING_CHANGED}. Do it again; pg_stat_activity on the server tells who holds it",
        )  # fmt: skip
    if isinstance(error, errors.DiskFull):
        return StoreBusy(
            "the server's disk is full", where=where,
            next_step=f"{_NOTHING_CHANGED}. Make room on that disk, then do it again",
        )  # fmt: skip
    if isinstance(error, errors.ReadOnlySqlTransaction):
        return StoreUnavailable(
            "the server takes no writes now: it is a standby, or set to read-only", where=where,
            next_step=f"{_NOTHING_CHANGED}. Connect to the primary",
        )  # fmt: skip
    if isinstance(error, _TURNED_AWAY) or (
        error.sqlstate is None and any(w in said for w in _TURNED_AWAY_WORDS)
    ):
        return StoreRefused(
            f"the server does not let you in: {said}", where=where,
            next_step="Check the user and the password with `watchfloor connections test`",
        )  # fmt: skip
    if isinstance(error, errors.InvalidCatalogName):
        return StoreRefused(said, where=where, next_step="Check the database's name in the address")
    if isinstance(error, (errors.UndefinedTable, errors.InvalidSchemaName)):
        return StoreRefused(
            f"is not prepared for this program: {said}", where=where,
            next_step="Its owner runs `watchfloor admin create`, or `watchfloor admin upgrade`",
        )  # fmt: skip
    if isinstance(error, errors.ObjectNotInPrerequisiteState):
        return StoreUnavailable(said, where=where, next_step=f"{_NOTHING_CHANGED}. Wait for it")
    if isinstance(error, errors.DataError):
        return BadInput(f"the database cannot keep that text: {said}", next_step=_NOTHING_CHANGED)
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
    return line.rsplit("failed: ", 1)[-1].removeprefix("FATAL:").strip()
