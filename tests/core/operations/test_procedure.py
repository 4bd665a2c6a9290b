from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.operations.model import RUN_FOLLOWS, STEP_FOLLOWS, Effect, StepKind
from core.operations.procedure import expand, parse_procedure

HEAD = '+++\ntitle = "Restart it"\ncomponent = "web"\neffect = "restart"\ntimeout = "30s"\n+++\n'


def test_headings_blocks_and_boxes_become_steps() -> None:
    text = (
        HEAD
        + "Why.\n\n## Stop\n\n```run timeout=5s may_fail\n\"${DIR}/x\" stop 'a b'\n# not this\ntrue\n```\n\n- [ ] Tell the desk\n\n## See\n\n```check\ntrue\n```\n\n```text\nrm -rf /\n```\n"
    )
    parsed = parse_procedure(text)
    assert parsed.problems == ()
    assert parsed.procedure is not None
    stop, tell, see = parsed.procedure.steps
    assert (stop.kind, stop.title, stop.timeout_s, stop.may_fail) == (StepKind.RUN, "Stop", 5.0, True)
    assert stop.commands == (("${DIR}/x", "stop", "a b"), ("true",))
    assert (tell.kind, tell.shown) == (StepKind.MANUAL, ("Tell the desk",))
    assert (see.kind, see.timeout_s) == (StepKind.CHECK, 30.0)
    assert parsed.procedure.effect is Effect.RESTART
    assert expand(stop.commands[0], {"DIR": "/a b"}) == ["/a b/x", "stop", "a b"]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("no front matter", 1, "no front matter"),
        (HEAD.replace("title", "tittle"), 2, "no such key"),
        (HEAD.replace('"restart"', '"restrat"'), 4, "no effect"),
        (HEAD + "just prose\n", 7, "no step"),
        (HEAD + "```run\nls | wc\n```\n", 8, "need a shell"),
        (HEAD + "```run\necho 'open\n```\n", 8, "cannot be split"),
        (HEAD + "```run\n${HOME}/x\n```\n", 8, "no variable ${HOME}"),
        (HEAD + "```run timeout=soon\ntrue\n```\n", 7, "not a span"),
        (HEAD + "```run times=3\ntrue\n```\n", 7, "no such attribute"),
        (HEAD + "```run\n```\n", 7, "no command"),
        ("+++\ntitle = \n+++\n- [ ] x\n", 2, "not TOML"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, what: str) -> None:
    parsed = parse_procedure(text)
    assert parsed.procedure is None
    assert any(p.line == line and what in p.what for p in parsed.problems), parsed.problems


@given(st.text(max_size=300), st.booleans())
def test_any_text_is_a_procedure_or_has_problems(text: str, headed: bool) -> None:
    parsed = parse_procedure((HEAD if headed else "") + text)
    assert (parsed.procedure is None) == bool(parsed.problems)


@pytest.mark.parametrize("follows", [RUN_FOLLOWS, STEP_FOLLOWS])
def test_every_state_has_a_way_out_and_an_end_is_final(follows: dict[str, frozenset[str]]) -> None:
    ends = {state for state, after in follows.items() if not after}
    assert ends
    for start in follows:
        seen, todo = set(), [start]
        while todo:
            state = todo.pop()
            if state not in seen:
                seen.add(state)
                todo += follows[state]
        assert seen & ends
