"""What the agent of the month does beside telling staff: each duty is held from its first use on, until whoever looks brings an agent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.store.lease import give_up_lease, take_lease

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.demo.failures import Story

HOLDER = "agent:demo:1:month"


class Duties:
    """Carries out what asks for the token of a duty."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._tokens: dict[str, int] = {}

    def do(self, duty: str, command: Callable[..., Any], *args: Any) -> Any:
        """Carries out a command under the token of a duty; returns what it does."""
        if duty not in self._tokens:
            self._tokens[duty] = self._story.write("agent", take_lease, duty, HOLDER)
        return self._story.write("agent", command, self._tokens[duty], *args)

    def end(self) -> None:
        """Leaves the duties to whoever comes."""
        for duty, token in self._tokens.items():
            self._story.write("agent", give_up_lease, duty, token)
