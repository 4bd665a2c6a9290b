"""One line to a mail server: opened, offered a letter, and told the letter. Blocking; for a thread of its own.

Every step has a time limit that a server which sends a byte now and then does not stretch. What failed before the end of
a letter was told can be done again; what failed after it without an answer may have been done.
"""

from __future__ import annotations

import re
import select
import smtplib
import socket
import ssl
from base64 import b64encode
from contextlib import contextmanager, suppress
from threading import Timer
from typing import TYPE_CHECKING

from core.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.catalog.mail import Mailbox

STEP_S, OPEN_S, TELL_S, LEAVE_S = 15.0, 30.0, 90.0, 2.0
"""Limits: for one answer, for opening the line with its login, for a letter and the answer to it, for taking leave."""
_WRONG_LOGIN = frozenset({530, 534, 535, 538})
_BUSY, _GO_ON, _LET_IN = 421, 334, 235
_DOTS = re.compile(rb"(?m)^\.")


class LineTrouble(Exception):
    """The server cannot be reached or does not let us in: nothing was sent, and no letter is at fault."""


class LetterRefused(Exception):
    """The server does not take this letter; `for_good` where asking again makes no sense."""

    def __init__(self, why: str, *, for_good: bool) -> None:
        super().__init__(why)
        self.for_good = for_good


class NoAnswer(Exception):
    """The whole letter was told, and no answer came: it may have been taken."""


class SmtpLine:
    """A line to the server of one mailbox."""

    def __init__(self, mailbox: Mailbox, password: str | None) -> None:
        self.mailbox, self._password = mailbox, password
        self._tls = ssl.create_default_context()
        self._smtp: smtplib.SMTP | None = None
        self._is_offering = False
        self.is_ended = False

    def open(self) -> str:
        """Opens the line and logs in; returns what was agreed on, in words. Raises LineTrouble."""
        box = self.mailbox
        try:
            self._open(box)
        except LineTrouble:
            self._drop()
            raise
        except (OSError, smtplib.SMTPException, ValueError) as error:  # ssl.SSLError is an OSError
            self._drop()
            raise LineTrouble(f"{self.where}: {_cause(error)}") from error
        security = "without encryption" if box.smtp_security == "none" else f"over {self._version}"
        return f"{security}, {'as ' + box.user if box.user else 'without a login'}"

    def offer(self, sender: str, recipient: str) -> None:
        """Asks whether a letter would be taken, up to where it is to be told. Raises LetterRefused or LineTrouble."""
        smtp = self._opened()
        with self._talking(STEP_S * 3):
            self._ask(*smtp.mail(sender))
            self._ask(*smtp.rcpt(recipient))
            self._ask(*smtp.docmd("DATA"))
        self._is_offering = True

    def tell(self, data: bytes) -> str:
        """Tells the letter that was offered, and returns the server's answer.

        Raises LetterRefused or LineTrouble where it was not taken, NoAnswer where that is not known.
        """
        smtp = self._opened()
        with self._within(TELL_S):
            try:
                smtp.send(_DOTS.sub(b"..", data.removesuffix(b"\r\n")))
                if self._said_something():
                    self._ask(*smtp.getreply())
                    raise LineTrouble(f"{self.where} spoke in the middle of a letter")
                smtp.send(b"\r\n.\r\n")
                self._is_offering = False
            except (OSError, smtplib.SMTPException) as error:
                self.abort()
                raise LineTrouble(
                    f"{self.where} went away in the middle of a letter: {_cause(error)}"
                ) from error
            try:
                code, said = smtp.getreply()
            except (OSError, smtplib.SMTPException) as error:
                self.abort()
                raise NoAnswer(
                    f"{self.where} gave no answer after the whole letter: {_cause(error)}"
                ) from error
        self._ask(code, said)
        return f"{code} {_words(said)}"

    def close(self) -> None:
        """Ends the line as is fit; a server that has gone is no matter."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        with suppress(OSError, smtplib.SMTPException):
            if smtp.sock is not None and not self.is_ended and not self._is_offering:
                smtp.sock.settimeout(LEAVE_S)
                smtp.quit()
        with suppress(OSError):
            smtp.close()

    def _drop(self) -> None:
        self.is_ended = True
        self.close()

    def abort(self) -> None:
        """Ends the line at once, also from another thread: whatever waits on it goes on with an error."""
        self.is_ended = True
        if self._smtp is not None and self._smtp.sock is not None:
            with suppress(OSError):
                self._smtp.sock.shutdown(socket.SHUT_RDWR)

    def _open(self, box: Mailbox) -> None:
        sock = socket.create_connection((box.smtp_host, box.smtp_port), timeout=STEP_S)
        smtp = self._smtp = smtplib.SMTP(local_hostname=box.domain, timeout=STEP_S)
        smtp.sock = sock
        with self._within(OPEN_S):
            if box.smtp_security == "tls":
                self._secure(smtp)
            code, said = smtp.getreply()
            if code != 220:
                raise LineTrouble(f"{self.where} does not greet us: {code} {_words(said)}")
            smtp.ehlo_or_helo_if_needed()
            if box.smtp_security == "starttls":
                self._start_tls(smtp)
            if box.user:
                self._log_in(smtp)

    def _secure(self, smtp: smtplib.SMTP) -> None:
        """Goes on encrypted; what the server said before counts for nothing any more (RFC 3207, 4.2)."""
        assert smtp.sock is not None
        smtp.sock = self._tls.wrap_socket(smtp.sock, server_hostname=self.mailbox.smtp_host)
        smtp.file = None
        smtp.ehlo_resp = smtp.helo_resp = None
        smtp.esmtp_features, smtp.does_esmtp = {}, False

    def _start_tls(self, smtp: smtplib.SMTP) -> None:
        if not smtp.has_extn("starttls"):
            raise LineTrouble(f"{self.where} offers no encryption (STARTTLS)")
        code, said = smtp.docmd("STARTTLS")
        if code != 220:
            raise LineTrouble(f"{self.where} does not begin encryption: {code} {_words(said)}")
        self._secure(smtp)
        smtp.ehlo_or_helo_if_needed()

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        box = self.mailbox
        if self._password is None:
            raise LineTrouble(
                f"no password is kept for the mailbox {box.id}: watchfloor mail password {box.id}"
            )
        offered = str(smtp.esmtp_features.get("auth", "")).upper().split()
        user, password = box.user.encode(), self._password.encode()
        if "PLAIN" in offered:  # RFC 4616: in UTF-8, which smtplib's own way is not
            code, said = smtp.docmd("AUTH", "PLAIN " + b64encode(b"\0" + user + b"\0" + password).decode())
        elif "LOGIN" in offered:
            code, said = smtp.docmd("AUTH", "LOGIN " + b64encode(user).decode())
            if code == _GO_ON:
                code, said = smtp.docmd(b64encode(password).decode())
        else:
            raise LineTrouble(f"{self.where} offers no way to log in that we know (PLAIN or LOGIN)")
        if code != _LET_IN:
            raise LineTrouble(f"{self.where} does not let {box.user} in: {code} {_words(said)}")

    @property
    def where(self) -> str:
        """Returns which server this is, for people."""
        return f"{self.mailbox.smtp_host}:{self.mailbox.smtp_port}"

    @property
    def _version(self) -> str:
        sock = self._smtp.sock if self._smtp else None
        return (sock.version() if isinstance(sock, ssl.SSLSocket) else None) or "TLS"

    def _opened(self) -> smtplib.SMTP:
        if self._smtp is None or self.is_ended:
            raise LineTrouble(f"the line to {self.where} has ended")
        return self._smtp

    def _ask(self, code: int, said: bytes) -> None:
        """Lets a good answer pass; raises what any other means."""
        if 200 <= code < 400:
            return
        words = f"{code} {_words(said)}"
        if code == _BUSY or code in _WRONG_LOGIN or not 400 <= code < 600:
            self.abort()
            raise LineTrouble(f"{self.where}: {words}")
        with suppress(OSError, smtplib.SMTPException):
            self._opened().rset()
        raise LetterRefused(f"{self.where} says {words}", for_good=code >= 500)

    def _said_something(self) -> bool:
        """Tells whether the server speaks, or has gone, where it should only listen."""
        sock = self._opened().sock
        return sock is not None and bool(select.select([sock], [], [], 0)[0])

    @contextmanager
    def _talking(self, limit_s: float) -> Iterator[None]:
        try:
            with self._within(limit_s):
                yield
        except (OSError, smtplib.SMTPException, ValueError) as error:
            self.abort()
            raise LineTrouble(f"{self.where}: {_cause(error)}") from error

    @contextmanager
    def _within(self, limit_s: float) -> Iterator[None]:
        """Ends the line where what is done on it takes longer."""
        timer = Timer(limit_s, self.abort)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return printable(text, 300)


def _cause(error: Exception) -> str:
    """Returns an error as people read it: what the server said, or what the system says of the line."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_words(error.smtp_error)}"
    if isinstance(error, TimeoutError):
        return "it takes too long to answer"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not believed: {error.verify_message}"
    if isinstance(error, OSError) and error.strerror:
        return printable(error.strerror, 300)
    return _words(str(error)) or type(error).__name__
