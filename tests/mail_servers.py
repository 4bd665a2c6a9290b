"""Real mail servers on loopback for tests: one that keeps what it is sent (aiosmtpd), and one that follows a script."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator
    from email.message import EmailMessage


class Post:
    """What an SMTP server does with what comes: it keeps it, unless `answers` says otherwise for a recipient."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answers: dict[str, list[str]] = {}
        self.on_data: Callable[[], None] = lambda: None
        self.port = 0

    async def handle_RCPT(  # noqa: N802 – the library calls it so
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Answers RCPT: by the script while it lasts, then 250."""
        if self.answers.get(address):
            return self.answers[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Keeps a letter."""
        mail = message_from_bytes(envelope.content, policy=default)
        self.mails.append(mail)
        self.recipients += envelope.rcpt_tos
        self.on_data()
        return self.answers["DATA"].pop(0) if self.answers.get("DATA") else "250 taken"

    def texts(self) -> list[str]:
        """Returns the texts of the letters, without their line ends."""
        return [mail.get_content().strip() for mail in self.mails]


@contextmanager
def post_office(
    *,
    tls: ssl.SSLContext | None = None,
    direct: bool = False,
    login: tuple[str, str] | None = None,
    post: Post | None = None,
) -> Iterator[Post]:
    """Runs a real server on a free port; with `tls` it offers STARTTLS, or speaks TLS at once (`direct`)."""
    post = post or Post()
    named: dict[str, Any] = {"hostname": "127.0.0.1", "port": free_port()}
    if tls is not None:
        named |= {"ssl_context": tls} if direct else {"tls_context": tls, "require_starttls": True}
    if login is not None:
        named |= {"authenticator": _checks(login), "auth_required": True, "auth_require_tls": not direct}
    server = Controller(post, **named)
    server.start()
    post.port = server.port
    try:
        yield post
    finally:
        server.stop()


def _checks(login: tuple[str, str]) -> Callable[..., AuthResult]:
    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login.decode(), data.password.decode()) == login, handled=False)

    return check


def free_port() -> int:
    """Returns a port of loopback on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Stubborn:
    """A server that does with each line what `does` says: it is given the open connection, and whatever it does, dies after."""

    def __init__(self, does: Callable[[socket.socket], None]) -> None:
        self._does = does
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.lines = 0
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            self.lines += 1
            threading.Thread(target=self._one, args=(line,), daemon=True).start()

    def _one(self, line: socket.socket) -> None:
        with line, suppress(OSError):
            self._does(line)

    def close(self) -> None:
        """Listens no more."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


def up_to_data(line: socket.socket) -> None:
    """Speaks SMTP as far as the letter: greeting to 354."""
    line.sendall(b"220 stubborn\r\n")
    with line.makefile("rb") as said:
        for command in said:
            word = command[:4].upper()
            line.sendall(b"354 go on\r\n" if word == b"DATA" else b"250 ok\r\n")
            if word == b"DATA":
                return
