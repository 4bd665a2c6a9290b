"""What the parts of the console that hold the database ask of those above them, which are built upon them."""

from __future__ import annotations

from abc import abstractmethod

from textual.app import App


class Above(App[int]):
    """Each of these is done by a part further up: the frame, the application. The type checker refuses a console that lacks one."""

    @abstractmethod
    def go_to(self, view: str, argument: str = "") -> None:
        """Shows a view; the application says how."""

    @abstractmethod
    def others_changed(self) -> None:
        """Shows who is here now; the application says how."""

    @abstractmethod
    def leave_then(self) -> None:
        """Shows now again; the part that looks at then says how."""

    @abstractmethod
    def pin_agent(self, text: str) -> None:
        """Says what is wrong with the agent until it is mended; the frame says how."""

    @abstractmethod
    def judge_freshness(self) -> None:
        """Judges how far what is shown may be taken for now; the frame says how."""

    @property
    @abstractmethod
    def is_stale(self) -> bool:
        """Tells whether what is shown may not be taken for now; the frame says how."""

    @abstractmethod
    def say(self, text: str, *, bad: bool = False) -> None:
        """Says one line; the frame says how."""

    @abstractmethod
    def say_while_away(self, text: str, *, once_back: str) -> None:
        """Says one line that is true only while the database is away; the frame says how."""

    @abstractmethod
    def database_is_back(self) -> None:
        """Called whenever the database was read; the frame says what gives way."""

    @abstractmethod
    def say_besides(self, text: str, *, bad: bool = False) -> None:
        """Says one line that nobody asked for, beside what was just said; the frame says how."""

    @abstractmethod
    def show_bars(self, *names: str) -> None:
        """Shows these bars anew; the frame says how."""

    @abstractmethod
    async def look_for_undo(self) -> None:
        """Looks whether the newest change of this person can be taken back."""

    @abstractmethod
    async def settle(self) -> None:
        """Asks what became of a command whose connection broke; the part that holds the database says how."""
