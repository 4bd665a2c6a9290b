"""Where mail comes in: a maildir of this machine, or an account that is read by IMAP. Blocking; for a thread of its own.

A mail is given out, taken in (which is committed), and only then marked here as taken: whatever ends in between, it comes
once more, and is known by its key. Nothing is deleted.
"""

from __future__ import annotations

import imaplib
import os
import ssl
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from core.errors import Unavailable
from core.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.catalog.mail import Mailbox
    from core.desk.mail.mime_leaves import Lines

AT_ONCE = 200
"""So many mails are given out at one look; what is left comes at the next."""
STEP_S = 20.0
CHUNK = 256 * 1024
_TAKEN = "$WatchfloorTaken"


class Source(Protocol):
    """A place where mail comes in."""

    def look(self) -> list[str]:
        """Returns the names of what is to be taken, the oldest first. Raises Unavailable."""
        ...

    def open(self, name: str) -> Lines | None:
        """Returns the lines of a mail; None where it has gone meanwhile. Raises Unavailable."""
        ...

    def mark_taken(self, name: str) -> None:
        """Marks a mail as taken: it is not given out again. Raises Unavailable."""
        ...

    def close(self) -> None:
        """Lets go of the place."""
        ...


def source_of(mailbox: Mailbox, password: str | None) -> Source | None:
    """Returns where a mailbox is read; None where it only sends. Raises Unavailable where that cannot be reached."""
    if mailbox.maildir:
        return MaildirSource(Path(mailbox.maildir))
    if mailbox.imap_host:
        return ImapSource(mailbox, password)
    return None


class MaildirSource:
    """A directory with `new`, `cur` and `tmp`: what is taken is moved from `new` to `cur`, as seen."""

    def __init__(self, folder: Path) -> None:
        self._new, self._cur = folder / "new", folder / "cur"
        self._file: BinaryIO | None = None
        for each in (self._new, self._cur):
            if not each.is_dir():
                raise Unavailable(
                    "is no maildir: it has no new and cur",
                    where=str(folder),
                    next_step="Make it, or correct maildir",
                )

    def look(self) -> list[str]:
        """Returns the names of the oldest files in `new`."""
        try:
            with os.scandir(self._new) as found:
                names = [
                    each.name
                    for each in found
                    if not each.name.startswith(".") and each.is_file(follow_symlinks=False)
                ]
        except OSError as error:
            raise Unavailable(f"cannot be read: {error.strerror}", where=str(self._new)) from error
        return sorted(names)[:AT_ONCE]

    def open(self, name: str) -> Lines | None:
        """Returns the open file; it is closed by the next, or by `close`."""
        self.close()
        try:
            descriptor = os.open(self._new / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unavailable(f"cannot be read: {error.strerror}", where=str(self._new / name)) from error
        file = os.fdopen(descriptor, "rb")
        self._file = file
        return file

    def mark_taken(self, name: str) -> None:
        """Moves the file to `cur`."""
        self.close()
        target = self._cur / (name if ":2," in name else f"{name}:2,S")
        try:
            (self._new / name).rename(target)
        except FileNotFoundError:
            return
        except OSError as error:
            raise Unavailable(
                f"cannot be moved to {self._cur}: {error.strerror}", where=str(self._new / name)
            ) from error

    def close(self) -> None:
        """Closes the file that is open."""
        file, self._file = self._file, None
        if file is not None:
            file.close()


class ImapSource:
    """A folder of an account. What was taken gets a keyword of our own; where the server keeps none, it is marked as seen."""

    def __init__(self, mailbox: Mailbox, password: str | None) -> None:
        self._where = f"{mailbox.imap_host}:{mailbox.imap_port}"
        if password is None:
            raise Unavailable(
                f"no password is kept for the mailbox {mailbox.id}",
                next_step=f"Keep it: watchfloor mail password {mailbox.id}",
            )
        self._line = self._opened(mailbox)
        try:
            if mailbox.imap_security == "starttls":
                self._line.starttls(ssl_context=ssl.create_default_context())
            self._log_in(mailbox.user, password)
            self._check(*self._line.select(_quoted(mailbox.imap_folder)))
        except (OSError, imaplib.IMAP4.error) as error:
            with suppress(OSError):
                self._line.shutdown()
            raise self._trouble(error) from error
        _, flags = self._line.response("PERMANENTFLAGS")
        self._keeps_keywords = any(b"\\*" in flag for flag in flags or [] if isinstance(flag, bytes))

    @property
    def marks(self) -> str:
        """Returns in words how what was taken is marked."""
        return f"with {_TAKEN}" if self._keeps_keywords else "as seen"

    def look(self) -> list[str]:
        """Returns the unique numbers of the oldest mails that were not taken."""
        wanted = ("UNKEYWORD", _TAKEN) if self._keeps_keywords else ("UNSEEN",)
        (found,) = self._ask("SEARCH", *wanted)[:1] or [b""]
        numbers = found.decode("ascii", "replace").split() if isinstance(found, bytes) else []
        return sorted((each for each in numbers if each.isdecimal()), key=int)[:AT_ONCE]

    def open(self, name: str) -> Lines | None:
        """Returns the lines of a mail, which are asked of the server a piece at a time."""
        first = self._piece(name, 0)
        return None if first is None else _Pieces(self, name, first)

    def mark_taken(self, name: str) -> None:
        """Marks the mail."""
        self._ask("STORE", name, "+FLAGS.SILENT", f"({_TAKEN})" if self._keeps_keywords else "(\\Seen)")

    def close(self) -> None:
        """Logs out; a server that has gone is no matter."""
        with suppress(OSError, imaplib.IMAP4.error):
            self._line.logout()
        with suppress(OSError):
            self._line.shutdown()  # which a logout that failed has left undone

    def _piece(self, name: str, begin: int) -> bytes | None:
        for part in self._ask("FETCH", name, f"(BODY.PEEK[]<{begin}.{CHUNK}>)"):
            if isinstance(part, tuple) and len(part) == 2:
                return bytes(part[1])
        return None

    def _opened(self, mailbox: Mailbox) -> imaplib.IMAP4:
        host, port = mailbox.imap_host, mailbox.imap_port
        try:
            if mailbox.imap_security == "tls":
                return imaplib.IMAP4_SSL(host, port, ssl_context=ssl.create_default_context(), timeout=STEP_S)
            return imaplib.IMAP4(host, port, timeout=STEP_S)
        except (OSError, imaplib.IMAP4.error) as error:
            raise self._trouble(error) from error

    def _log_in(self, user: str, password: str) -> None:
        if "AUTH=PLAIN" in self._line.capabilities:  # in UTF-8, which LOGIN is not
            token = b"\0" + user.encode() + b"\0" + password.encode()
            self._check(*self._line.authenticate("PLAIN", lambda _: token))
        else:
            self._check(*self._line.login(user, password))

    def _ask(self, command: str, *words: str) -> list[object]:
        try:
            kind, data = self._line.uid(command, *words)
            self._check(kind, data)
        except (OSError, imaplib.IMAP4.error) as error:
            raise self._trouble(error) from error
        return [each for each in data if each is not None]

    def _check(self, kind: str, data: object) -> None:
        if kind != "OK":
            raise imaplib.IMAP4.error(data)

    def _trouble(self, error: Exception) -> Unavailable:
        text = error.args[0] if error.args else type(error).__name__
        if isinstance(error, ssl.SSLCertVerificationError):
            text = f"its certificate is not believed: {error.verify_message}"
        elif isinstance(error, TimeoutError):
            text = "it takes too long to answer"
        elif isinstance(error, OSError) and error.strerror:
            text = error.strerror
        if isinstance(text, list | tuple) and text:
            text = text[0]
        said = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
        return Unavailable(printable(said, 300), where=self._where)


class _Pieces:
    """The lines of a mail that a server gives a piece at a time."""

    def __init__(self, source: ImapSource, name: str, first: bytes) -> None:
        self._lines = self._all(source, name, first)
        self._rest = b""

    def readline(self, limit: int, /) -> bytes:
        """Returns the next line, at most so many bytes of it."""
        line = self._rest or next(self._lines, b"")
        self._rest = line[limit:]
        return line[:limit]

    def _all(self, source: ImapSource, name: str, piece: bytes) -> Iterator[bytes]:
        begin, held = 0, b""
        while piece:
            begin += len(piece)
            *lines, held = (held + piece).splitlines(keepends=True)
            if held.endswith(b"\n"):
                lines.append(held)
                held = b""
            yield from lines
            if len(piece) < CHUNK:
                break
            piece = source._piece(name, begin) or b""  # noqa: SLF001 – its own
            if len(held) > CHUNK:
                yield held
                held = b""
        if held:
            yield held


def _quoted(folder: str) -> str:
    """Returns a folder's name as IMAP writes it."""
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
