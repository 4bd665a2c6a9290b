"""The harness itself: what it shows is what a terminal would show."""

from __future__ import annotations

import signal
import sys

import pytest

from tests.terminal import Terminal

ECHO = (
    "import sys\nprint('ready', flush=True)\nfor line in sys.stdin: print('got', line.strip(), flush=True)\n"
)


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def test_what_is_typed_is_answered_on_the_screen() -> None:
    with Terminal.start(python(ECHO)) as terminal:
        # Between a word and the end of its line an echo may come to stand.
        terminal.wait_until(lambda _: terminal.raw.endswith(b"ready\r\n"), why="the line's end")
        terminal.type_text("héllo")
        terminal.press("enter")
        terminal.wait_for("got héllo")
        assert terminal.lines[:3] == ["ready", "héllo", "got héllo"]


def test_a_wait_that_fails_shows_the_screen_and_says_what_was_missing() -> None:
    with Terminal.start(python(ECHO), size=(20, 3)) as terminal:
        terminal.wait_for("ready")
        with pytest.raises(AssertionError, match=r"'never'(.|\n)*\|ready               \|"):
            terminal.wait_for("never", timeout_s=0.05)


def test_a_wait_ends_at_once_when_the_program_ends() -> None:
    with (
        Terminal.start(python("print('bye')")) as terminal,
        pytest.raises(AssertionError, match="the program ended"),
    ):
        terminal.wait_for("never")


def test_the_program_sees_the_size_and_every_new_one() -> None:
    program = (
        "import os, signal\n"
        "show = lambda *_: print(*os.get_terminal_size(), flush=True)\n"
        "signal.signal(signal.SIGWINCH, show); show()\n"
        "while True: signal.pause()\n"
    )
    with Terminal.start(python(program), size=(100, 30)) as terminal:
        terminal.wait_for("100 30")
        terminal.resize(60, 20)
        terminal.wait_for("60 20")


def test_a_lost_connection_reaches_the_program_as_hang_up() -> None:
    with Terminal.start(python("import signal; print('ready', flush=True); signal.pause()")) as terminal:
        terminal.wait_for("ready")
        terminal.hang_up()
        assert terminal.wait_exit() == -signal.SIGHUP
        assert terminal.text.startswith("ready")


def test_signals_and_exit_codes_come_through() -> None:
    with Terminal.start(python("print('ready', flush=True); input(); raise SystemExit(3)")) as terminal:
        terminal.wait_for("ready")
        terminal.press("enter")
        assert terminal.wait_exit() == 3
    with Terminal.start(python(ECHO)) as terminal:
        terminal.wait_for("ready")
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_exit() == -signal.SIGTERM


def test_queries_are_answered_as_a_terminal_answers_them() -> None:
    program = (
        "import sys, termios, tty\n"
        "tty.setcbreak(0)\n"
        "sys.stdout.write('\\x1b[6n'); sys.stdout.flush()\n"
        "print(repr(sys.stdin.read(6)))\n"
    )
    with Terminal.start(python(program)) as terminal:
        terminal.wait_for(r"'\x1b[1;1R'")


def test_colours_titles_and_foreign_sequences_are_kept_apart_from_text() -> None:
    program = r"print('\x1b]2;a title\x07\x1b[>1u\x1b[<u\x1b[1;31mred\x1b[0m plain\x1b[?2048$p', flush=True); input()"
    with Terminal.start(python(program)) as terminal:
        terminal.wait_for("red plain")
        assert terminal.lines[0] == "red plain"
        assert terminal.title == "a title"
        assert (terminal.cell(0, 0).fg, terminal.cell(0, 0).bold) == ("red", True)
        assert terminal.cell(4, 0).fg == "default"


def test_text_that_arrives_in_pieces_is_put_together() -> None:
    program = (
        "import os, time\n"
        "for byte in 'é■ \\x1b[1mbold\\x1b[<1u\\x1b[0m.'.encode(): os.write(1, bytes([byte])); time.sleep(0.002)\n"
        "input()\n"
    )
    with Terminal.start(python(program)) as terminal:
        terminal.wait_for("é■ bold.")


def test_bytes_and_processor_time_are_counted() -> None:
    with Terminal.start(
        python("print('x' * 1000, flush=True); sum(range(3_000_000)); print('done'); input()")
    ) as terminal:
        terminal.wait_for("done")
        assert terminal.bytes_written >= 1004
        assert terminal.usage().cpu_s > 0
        assert terminal.usage().rss_mb > 1


def test_closing_ends_a_program_that_will_not_go() -> None:
    program = (
        "import signal\n"
        "for number in (signal.SIGHUP, signal.SIGTERM): signal.signal(number, signal.SIG_IGN)\n"
        "print('ready', flush=True)\n"
        "while True: signal.pause()\n"
    )
    terminal = Terminal.start(python(program))
    terminal.wait_for("ready")
    terminal.close()
    terminal.close()
    assert terminal.process.poll() == -signal.SIGKILL
